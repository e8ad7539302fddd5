/**
 * The looks of an answer that is not simply there: loading, empty, forbidden, failed, stale, partial. Each says what to
 * do next, and none of them clears what is already on screen.
 */
import type { Problem } from '@binocle/api/problem'
import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { RequestFailure } from '../data/http.ts'
import { sentence } from './format.ts'
import { Icon, type IconName } from './Icon.tsx'
import { RelativeTime } from './RelativeTime.tsx'

/** Draws `children` with the answer; loading and failure in place of it; a stale mark above it after a failed refresh. */
export function Answer<T>({ query, children }: { query: UseQueryResult<T>; children: (answer: T) => ReactNode }) {
  if (query.data !== undefined) {
    return (
      <>
        {query.error ? (
          <Outdated problem={problemOf(query.error)} sinceMs={query.dataUpdatedAt} retry={query.refetch} />
        ) : null}
        {children(query.data)}
      </>
    )
  }
  return query.error ? <Failed error={query.error} retry={query.refetch} /> : <Loading />
}

export function Loading() {
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">Loading</span>
      {['a', 'b', 'c', 'd', 'e', 'f'].map((line) => (
        <div key={line} className="skeleton" />
      ))}
    </div>
  )
}

interface Message {
  icon: IconName
  tone: string
  title: string
  children: ReactNode
}

/** A message in the place of content. */
export function Notice({ icon, tone, title, children }: Message) {
  return (
    <section className={`notice ${tone}`}>
      <Icon name={icon} className="notice-icon" />
      <h2>{title}</h2>
      <div className="notice-body">{children}</div>
    </section>
  )
}

export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Notice icon="search" tone="empty" title={title}>
      {children}
    </Notice>
  )
}

/** No answer at all: forbidden, not found and failed look and advise differently. */
export function Failed({ error, retry }: { error: Error; retry?: (() => unknown) | undefined }) {
  const problem = problemOf(error)
  const status = error instanceof RequestFailure ? error.status : undefined
  const forbidden = status === 401 || status === 403
  const undecided = problem.code === 'BIN-AUTH-UNAVAILABLE'
  const elsewhere = problem.code === 'BIN-QUERY-CLUSTER' || problem.code === 'BIN-QUERY-NAMESPACE'
  const title = elsewhere
    ? 'Nothing of that name'
    : undecided
      ? `${problem.cluster ?? 'A cluster'} cannot say now what you may see`
      : forbidden
        ? 'You may not see this'
        : status === 404
          ? 'Not found'
          : 'This could not be loaded'
  return (
    <Notice
      icon={undecided ? 'help' : forbidden ? 'lock' : status === 404 ? 'search' : 'failure'}
      tone={forbidden || undecided ? 'forbidden' : 'failed'}
      title={title}
    >
      <p>{problem.message}</p>
      <p>{elsewhere ? 'Choose others in the masthead.' : (problem.remedy ?? adviceOn(forbidden, status))}</p>
      <p className="code">{problem.code}</p>
      {elsewhere ? (
        <Link to="." search={{ namespaces: undefined, clusters: undefined }} className="button">
          Show all namespaces and clusters
        </Link>
      ) : null}
      {retry ? (
        <button type="button" className="button" onClick={() => retry()}>
          <Icon name="refresh" /> Try again
        </button>
      ) : null}
    </Notice>
  )
}

/** What is not there and what may not be seen are answered alike. */
const adviceOn = (forbidden: boolean, status: number | undefined): string =>
  forbidden
    ? 'Ask for access, or choose other namespaces and clusters above.'
    : status === 404
      ? 'It is not there, or not for you to see: nobody tells which. My access, under your name above, shows what you see.'
      : ''

function Outdated({ problem, sinceMs, retry }: { problem: Problem; sinceMs: number; retry: () => unknown }) {
  return (
    <div className="banner stale" role="status">
      <Icon name="clock" />
      <span>
        <strong>
          Shown as of <RelativeTime timeMs={sinceMs} />.
        </strong>{' '}
        {problem.message} {problem.remedy}
      </span>
      <button type="button" className="button small" onClick={() => retry()}>
        Try again
      </button>
    </div>
  )
}

/** Numbers are missing, or `old`; facts are there: what the metrics store says, above a list that still works. */
export function TelemetryBanner({ problem, old = false }: { problem: Problem | undefined; old?: boolean }) {
  if (problem === undefined) return null
  return (
    <div className="banner partial" role="status">
      <Icon name="degraded" />
      <span>
        <strong>
          {old ? 'Rates and error shares are the last known ones.' : 'Rates and error shares are unknown.'}
        </strong>{' '}
        {said(problem)}
      </span>
      <span className="code">{problem.code}</span>
    </div>
  )
}

const said = ({ message, remedy }: Problem): string => [message, remedy ?? ''].filter(Boolean).map(sentence).join(' ')

/** What went wrong, as the server's catalogue says it; anything else is a defect of the page. */
export function problemOf(error: Error): Problem {
  if (error instanceof RequestFailure) return error.problem
  return { code: 'BIN-PAGE-DEFECT', message: error.message, remedy: 'Reload the page; report it if it happens again.' }
}
