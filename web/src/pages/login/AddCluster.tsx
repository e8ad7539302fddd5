/** A token of a further cluster, beside the login there is. Its name is typed: clusters that are not seen are not named. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useId, useRef, useState } from 'react'
import { useLogin } from '../../app/sessionContext.ts'
import { Icon } from '../../components/Icon.tsx'
import { TokenForm } from './TokenForm.tsx'
import './login.css'

export function AddCluster({ close }: { close(): void }) {
  const { session } = useLogin()
  const client = useQueryClient()
  const dialog = useRef<HTMLDialogElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const [name, setName] = useState('')
  const id = useId()
  useEffect(() => {
    dialog.current?.showModal()
    field.current?.focus()
  }, [])
  const cluster = name.trim()
  const done = async () => {
    await session.check()
    dialog.current?.close()
    await client.invalidateQueries()
  }
  return (
    <dialog className="dialog" ref={dialog} onClose={close} aria-labelledby={`${id}-title`}>
      <div className="dialog-head">
        <h2 id={`${id}-title`}>Add a token of another cluster</h2>
        <button type="button" className="button small" onClick={() => dialog.current?.close()}>
          <Icon name="close" /> Close
        </button>
      </div>
      <p className="hint login-intro">
        A token is good for the cluster that issued it. It is shown to that cluster alone.
      </p>
      <TokenForm
        label={cluster === '' ? 'Its token' : `Token of ${cluster}`}
        button="Add"
        cluster={cluster}
        missing={cluster === '' ? 'Name the cluster first.' : undefined}
        done={() => void done()}
      >
        <label htmlFor={id} className="login-label">
          Name of the cluster
        </label>
        <span className="field">
          <input
            id={id}
            ref={field}
            value={name}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            onChange={(event) => setName(event.target.value)}
          />
        </span>
      </TokenForm>
    </dialog>
  )
}
