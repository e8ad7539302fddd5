/** Warns in the last minute of a session. At its end the session itself leads to the login page. */
import { useEffect, useRef, useState } from 'react'
import { useNow } from '../components/clock.ts'
import { Icon } from '../components/Icon.tsx'
import { warnMs } from '../data/session.ts'
import { spokenLeft, timeLeft } from './sessionWords.ts'
import { useLeave } from './useLeave.ts'

export function SessionEnd({ endsAtMs }: { endsAtMs: number }) {
  const leftMs = endsAtMs - useNow()
  const [seen, setSeen] = useState(0)
  if (leftMs > warnMs) return null
  return (
    <>
      <p className="visually-hidden" aria-live="assertive">
        {spokenLeft(leftMs)}
      </p>
      {seen === endsAtMs ? null : <Warning leftMs={leftMs} close={() => setSeen(endsAtMs)} />}
    </>
  )
}

function Warning({ leftMs, close }: { leftMs: number; close(): void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const { leave } = useLeave()
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      className="dialog"
      role="alertdialog"
      ref={dialog}
      onClose={close}
      aria-labelledby="session-end"
      aria-describedby="session-end-what"
    >
      <h2 id="session-end" className="session-end">
        <Icon name="clock" /> Your session ends in <b>{timeLeft(leftMs)}</b>
      </h2>
      <p id="session-end-what">Then you have to log in again, and come back to this page.</p>
      <div className="actions">
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          Go on until then
        </button>
        <button type="button" className="button" onClick={() => void leave()}>
          <Icon name="leave" /> Log out now
        </button>
      </div>
    </dialog>
  )
}
