/** What stands in place of a page that does not exist or broke. The shell stays alive around it. */
import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { Failed, Notice } from '../components/States.tsx'

export function NotFound() {
  return (
    <div className="page">
      <h1>No such page</h1>
      <Notice icon="search" tone="empty" title="There is nothing at this address">
        <p>The link may be old, or mistyped.</p>
        <Link to="/overview" className="button">
          To the overview
        </Link>
      </Notice>
    </div>
  )
}

export function PageDefect({ error, reset }: ErrorComponentProps) {
  return (
    <div className="page">
      <h1>Something went wrong</h1>
      <Failed error={error instanceof Error ? error : new Error(String(error))} retry={reset} />
    </div>
  )
}
