/** One namespace in all its clusters: side by side, with the ways into what it holds. */
import type { LogicalNamespace } from '@binocle/api/multicluster'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { usePolling, useScope } from '../../app/useScope.ts'
import { Health } from '../../components/Health.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Answer, Empty } from '../../components/States.tsx'
import { namespacesQuery } from '../../data/queries.ts'
import { SideBySide } from '../details/SideBySide.tsx'
import { type Attribute, sideBySide } from '../details/sideBySide.ts'

type Member = LogicalNamespace['members'][number]

const attributes: readonly Attribute<Member>[] = [
  { name: 'Health', compared: false, value: ({ health }) => ({ is: 'health', health }) },
  {
    name: 'Requests in',
    compared: false,
    value: ({ requestRate, errorPercent }) =>
      requestRate === undefined ? undefined : { is: 'traffic', rps: requestRate, errorPercent },
  },
  { name: 'Mode', compared: true, value: ({ mode }) => ({ is: 'text', text: mode === 'none' ? 'not in mesh' : mode }) },
  {
    name: 'Revision',
    compared: true,
    value: ({ revision }) => (revision === undefined ? undefined : { is: 'text', text: revision }),
  },
  {
    name: 'Role',
    compared: true,
    value: ({ isControlPlane }) => ({ is: 'text', text: isControlPlane ? 'control plane' : 'data plane' }),
  },
  { name: 'Applications', compared: true, value: ({ apps }) => ({ is: 'text', text: String(apps) }) },
  { name: 'Services', compared: true, value: ({ services }) => ({ is: 'text', text: String(services) }) },
  { name: 'Workloads', compared: true, value: ({ workloads }) => ({ is: 'text', text: String(workloads) }) },
  {
    name: 'Labels',
    compared: true,
    value: ({ labels }) => ({
      is: 'labels',
      labels: Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    }),
  },
]

export function NamespacePage() {
  const { namespace } = useParams({ from: '/namespaces/$namespace' })
  const { clusters, durationS } = useScope()
  const query = useQuery({ ...namespacesQuery({ clusters, durationS }), ...usePolling() })
  return (
    <div className="page">
      <nav aria-label="Breadcrumb" className="crumbs">
        <Link to="/namespaces">Namespaces</Link>
        <Icon name="chevron" />
        <span aria-current="page">{namespace}</span>
      </nav>
      <Answer query={query}>
        {({ namespaces }) => {
          const found = namespaces.find(({ name }) => name === namespace)
          return found ? <Clusters namespace={found} /> : <Absent name={namespace} />
        }}
      </Answer>
    </div>
  )
}

function Clusters({ namespace: { name, members, health } }: { namespace: LogicalNamespace }) {
  const byCluster = Object.fromEntries(members.map((member) => [member.cluster, member]))
  const silent = members.flatMap(({ cluster, stale }) =>
    stale ? [{ code: 'BIN-CLUSTER-UNREACHABLE', message: 'stale', cluster }] : [],
  )
  return (
    <>
      <header className="page-head">
        <span className="kind" aria-hidden="true">
          NS
        </span>
        <h1>{name}</h1>
        <Health status={health} />
      </header>
      <p className="ways">
        {(
          [
            ['/graph', 'Graph'],
            ['/applications', 'Applications'],
            ['/workloads', 'Workloads'],
            ['/services', 'Services'],
          ] as const
        ).map(([to, label]) => (
          <Link key={to} to={to} search={(before) => ({ ...before, namespaces: name })} className="button">
            {label} of {name}
          </Link>
        ))}
      </p>
      <section className="panel wide">
        <h2>Side by side</h2>
        <SideBySide
          caption={`${name} by cluster`}
          rows={sideBySide(attributes, byCluster)}
          clusters={Object.keys(byCluster).toSorted()}
          silent={silent}
        />
      </section>
    </>
  )
}

function Absent({ name }: { name: string }) {
  return (
    <>
      <h1 className="page-head">{name}</h1>
      <Empty title={`No namespace ${name}`}>
        <p>It does not exist in the chosen clusters, or you may not see it.</p>
        <Link to="/namespaces" className="button">
          All namespaces
        </Link>
      </Empty>
    </>
  )
}
