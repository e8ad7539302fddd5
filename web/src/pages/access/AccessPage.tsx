/** My access: what the person who is logged in sees, namespace by cluster, and on demand what they may change there. */
import type { AccessAnswer } from '@binocle/api/access'
import { useQuery } from '@tanstack/react-query'
import { LoginEnd } from '../../app/Account.tsx'
import { useLogin } from '../../app/sessionContext.ts'
import { usePageSearch, usePolling, useSetSearch } from '../../app/useScope.ts'
import { ClusterName } from '../../components/ClusterChip.tsx'
import { counted, sentence } from '../../components/format.ts'
import { Icon } from '../../components/Icon.tsx'
import { Answer, Empty } from '../../components/States.tsx'
import { accessQuery } from '../../data/queries.ts'
import { NameFilter } from '../lists/FilterBar.tsx'
import { AccessTable } from './AccessTable.tsx'
import { shownRows } from './accessModel.ts'
import './access.css'

export function AccessPage() {
  const { state } = useLogin()
  const query = useQuery({ ...accessQuery(), ...usePolling() })
  return (
    <div className="page">
      <header className="page-head">
        <h1>My access</h1>
        <p className="hint">
          {state.state !== 'in' || state.info.strategy === 'anonymous'
            ? 'Nobody logs in to this console: you see what its own accounts see.'
            : `What the clusters let ${state.user} see.`}
        </p>
        {query.data ? <p className="hint right">{sizeOf(query.data)}</p> : null}
      </header>
      <Answer query={query}>{(answer) => <Access answer={answer} />}</Answer>
    </div>
  )
}

const sizeOf = ({ clusters, namespaces }: AccessAnswer): string =>
  `${counted(namespaces.length, 'namespace')} in ${counted(clusters.length, 'cluster')}`

function Access({ answer }: { answer: AccessAnswer }) {
  const { q, differs } = usePageSearch()
  const setSearch = useSetSearch()
  const onlyDiffering = differs === 'true'
  const rows = shownRows(answer, { text: q ?? '', differs: onlyDiffering })
  if (answer.clusters.length === 0) {
    return (
      <Empty title="You see nothing here">
        <p>No cluster lets you see a namespace. Ask who runs the clusters for the right to get or list namespaces.</p>
      </Empty>
    )
  }
  return (
    <>
      <Columns answer={answer} />
      {answer.readOnly === undefined ? null : (
        <p className="hint">
          <Icon name="lock" />{' '}
          {answer.readOnly === 'view-only'
            ? 'The console is set to only show things: nobody may change anything with it.'
            : 'Where nobody logs in nobody may change anything, unless the console is configured so.'}
        </p>
      )}
      <search className="filters" aria-label="Filter namespaces">
        <NameFilter many="namespaces" />
        {answer.clusters.length < 2 ? null : (
          <label className="pill">
            <input
              type="checkbox"
              checked={onlyDiffering}
              onChange={() => setSearch({ differs: onlyDiffering ? undefined : 'true' }, 'push')}
            />
            <Icon name="differs" />
            Not in every cluster <b>{shownRows(answer, { text: q ?? '', differs: true }).length}</b>
          </label>
        )}
      </search>
      {rows.length === 0 ? (
        <Empty title={answer.namespaces.length === 0 ? 'No namespace is seen' : 'No namespace matches these filters'}>
          <p>
            {answer.namespaces.length === 0
              ? 'The clusters above cannot say now what you may see.'
              : 'Clear a filter above.'}
          </p>
        </Empty>
      ) : (
        <AccessTable answer={answer} rows={rows} />
      )}
    </>
  )
}

/** Each cluster with the login there, and what is the matter when it cannot say. */
function Columns({ answer: { clusters, namespaces } }: { answer: AccessAnswer }) {
  const { state } = useLogin()
  const logins = state.state === 'in' ? (state.info.sessionInfo.clusterInfo ?? {}) : {}
  return (
    <ul className="access-clusters">
      {clusters.map(({ access, cause, home, name }) => {
        const seen = namespaces.filter((row) => row.clusters.includes(name)).length
        const login = logins[name]
        return (
          <li key={name} className={access === 'unknown' ? 'access-cluster degraded' : 'access-cluster'}>
            <span className="access-name">
              <ClusterName name={name} />
              {home ? (
                <span className="home">
                  <Icon name="home" />
                  <span className="visually-hidden">home</span>
                </span>
              ) : null}
            </span>
            <span>
              {counted(seen, 'namespace')} seen{access === 'unknown' ? ', more may be' : ''}
            </span>
            {cause === undefined ? null : (
              <span className="health wrap degraded">
                <Icon name={cause.code === 'BIN-AUTH-UNAVAILABLE' ? 'help' : 'clock'} />
                {sentence(cause.message)}
              </span>
            )}
            {login === undefined ? null : <LoginEnd expiresOn={login.expiresOn} />}
          </li>
        )
      })}
    </ul>
  )
}
