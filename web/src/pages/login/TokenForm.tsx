/**
 * Takes a token and begins a session with it. The token is in the field alone: it is sent in the body of one request, and
 * the field is emptied as soon as it is not needed.
 */
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useId, useRef, useState } from 'react'
import { Icon } from '../../components/Icon.tsx'
import { RequestFailure } from '../../data/http.ts'
import { logIn } from '../../data/login.ts'
import { tokenProblem } from './tokenProblem.ts'

interface Props {
  label: string
  button: string
  /** Of which cluster; absent: the home cluster. */
  cluster?: string | undefined
  /** Why it cannot be sent yet. */
  missing?: string | undefined
  /** The session has begun. */
  done(): void
  children?: ReactNode
}

export function TokenForm({ label, button, cluster, missing, done, children }: Props) {
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const [shown, setShown] = useState(false)
  const [lacking, setLacking] = useState<string>()
  const login = useMutation({
    mutationFn: (token: string) => logIn(token, cluster),
    onSuccess: () => {
      if (field.current) field.current.value = ''
      done()
    },
    onError: () => {
      field.current?.focus()
      field.current?.select()
    },
  })
  const problem = lacking ?? (login.error ? tokenProblem(login.error, cluster) : undefined)
  const submit = () => {
    const token = field.current?.value.trim() ?? ''
    const lacks = missing ?? (token === '' ? 'Paste a token first.' : undefined)
    setLacking(lacks)
    if (lacks === undefined) login.mutate(token)
    else field.current?.focus()
  }
  return (
    <form
      className="login-form"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {children}
      <label htmlFor={id} className="login-label">
        {label}
      </label>
      <textarea
        id={id}
        ref={field}
        className={shown ? 'login-token shown' : 'login-token'}
        rows={4}
        // biome-ignore lint/a11y/noAutofocus: the field is what the page, or the dialog, is for
        autoFocus={cluster === undefined && missing === undefined}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-problem`}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          submit()
        }}
      />
      <label className="login-show">
        <input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} />
        Show what is typed
      </label>
      <div id={`${id}-problem`} role="alert" className="login-problem">
        {problem === undefined ? null : (
          <>
            <Icon name={login.error instanceof RequestFailure && login.error.status >= 500 ? 'clock' : 'failure'} />
            <span>{problem}</span>
          </>
        )}
      </div>
      <button type="submit" className="button primary" disabled={login.isPending}>
        {login.isPending ? 'Asking the cluster …' : button}
      </button>
    </form>
  )
}
