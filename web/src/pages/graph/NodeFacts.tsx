/** The selected node: its health and rates, its members, its likes in other clusters, who calls it and whom it calls. */

import type { LogicalKind } from '@binocle/api/identity'
import { Link } from '@tanstack/react-router'
import { useClusters } from '../../app/useClusters.ts'
import { ClusterName } from '../../components/ClusterChip.tsx'
import { isUndecided } from '../../components/clusterStates.ts'
import { detailRoutes } from '../../components/detailRoutes.ts'
import { Health } from '../../components/Health.tsx'
import { Icon } from '../../components/Icon.tsx'
import { isRestricted } from '../../graph/model/leaves.ts'
import type { MeshGraph, MeshNode } from '../../graph/model/meshGraph.ts'
import { errorText, type Rate, rateText } from '../../graph/model/rate.ts'
import type { GraphView } from '../../graph/model/view.ts'
import { marksOf } from './marks.ts'

interface NodeFactsProps {
  readonly graph: MeshGraph
  readonly view: GraphView
  readonly index: number
  readonly stale: ReadonlySet<string>
  readonly focus: (id: string | undefined) => void
  readonly toggle: (index: number) => void
}

export function NodeFacts({ graph, view, index, stale, focus, toggle }: NodeFactsProps) {
  const shown = view.nodes[index]
  if (!shown) return null
  const { node } = shown
  const restricted = node.wire !== undefined && isRestricted(node.wire)
  const likes = [...graph.nodes.values()].filter((other) => sameObject(node, other))
  return (
    <>
      <p className="graph-kind">{restricted ? 'Not for you to see' : kindWords[node.kind]}</p>
      <h2 className="graph-subject">
        {node.name} {node.version ? <small>{node.version}</small> : null}
      </h2>
      <p className="graph-place">
        {node.cluster && node.kind !== 'unknown' ? <ClusterName name={node.cluster} /> : null}
        {node.namespace && node.kind !== 'namespace' ? <span>namespace {node.namespace}</span> : null}
      </p>
      <Health
        status={node.health}
        note={stale.has(node.cluster) ? 'when last seen: the cluster does not answer' : undefined}
      />
      {restricted ? <Restricted /> : null}
      <p className="graph-actions">
        {node.openable ? (
          <button type="button" className="button small" onClick={() => toggle(index)}>
            {shown.open ? 'Close box' : 'Open box'}
          </button>
        ) : null}
        <DetailsLink node={node} />
      </p>
      <dl className="graph-facts">
        <RateRow name="In" rate={node.traffic.incoming} />
        <RateRow name="Out" rate={node.traffic.outgoing} />
        <RateRow name="Inside" rate={node.traffic.internal} />
        {node.workload ? (
          <>
            <dt>Workload</dt>
            <dd>{node.workload}</dd>
          </>
        ) : null}
        {marksOf(node).length > 0 ? (
          <>
            <dt>Marks</dt>
            <dd>{marksOf(node).join(', ')}</dd>
          </>
        ) : null}
      </dl>
      {likes.length > 0 ? (
        <>
          <h3>In other clusters</h3>
          <ul className="graph-links">
            {likes.map((other) => (
              <li key={other.id}>
                <button type="button" onClick={() => focus(other.id)}>
                  <ClusterName name={other.cluster} />{' '}
                  <Health status={other.health} note={rateAndErrors(other.traffic.incoming)} />
                </button>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {node.children.length > 0 ? <Members graph={graph} node={node} focus={focus} /> : null}
      <Neighbours view={view} index={index} focus={focus} />
    </>
  )
}

/** Never says what it is, nor where. A cluster that cannot say now hides all that it has. */
function Restricted() {
  const undecided = useClusters().clusters.filter(isUndecided)
  return (
    <p className="hint">
      You may not see what takes part in these calls here, so that neither its name nor its cluster is told.
      {undecided.length === 0
        ? ''
        : ` It may also be in ${undecided.map(({ name }) => name).join(', ')}, which cannot say now what you may see.`}
    </p>
  )
}

const kindWords = {
  cluster: 'Cluster',
  namespace: 'Namespace',
  app: 'Application',
  workload: 'Workload',
  service: 'Service',
  serviceEntry: 'Service entry',
  operation: 'Operation',
  unknown: 'Source outside the mesh',
} as const satisfies Record<MeshNode['kind'], string>

/** Same kind, namespace, name and version elsewhere: by namespace sameness one logical object. */
const sameObject = (node: MeshNode, other: MeshNode): boolean =>
  other.id !== node.id &&
  other.kind === node.kind &&
  node.kind !== 'cluster' &&
  other.cluster !== node.cluster &&
  other.namespace === node.namespace &&
  other.name === node.name &&
  (node.kind === 'app' || other.version === node.version)

function DetailsLink({ node }: { node: MeshNode }) {
  if (node.kind === 'namespace')
    return (
      <Link to="/namespaces/$namespace" params={{ namespace: node.name }} search={(before) => before}>
        Namespace <Icon name="arrow" />
      </Link>
    )
  const target = detailOf(node)
  if (!target || node.wire?.isInaccessible) return null
  return (
    <Link
      to={detailRoutes[target.kind]}
      params={{ namespace: node.namespace, name: target.name }}
      search={(before) => ({
        namespaces: before.namespaces,
        clusters: before.clusters,
        duration: before.duration,
        clusterName: node.cluster,
      })}
    >
      Details <Icon name="arrow" />
    </Link>
  )
}

function detailOf(node: MeshNode): { kind: LogicalKind; name: string } | undefined {
  if (node.kind === 'app') return { kind: 'app', name: node.name }
  if (node.kind === 'service' && node.service) return { kind: 'service', name: node.service }
  return node.kind === 'workload' && node.workload ? { kind: 'workload', name: node.workload } : undefined
}

function RateRow({ name, rate }: { name: string; rate: Rate }) {
  const text = rateAndErrors(rate)
  if (text === '') return null
  return (
    <>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </>
  )
}

const rateAndErrors = (rate: Rate): string => [rateText(rate), errorText(rate)].filter((part) => part !== '').join(', ')

const shownMembers = 12

function Members({ graph, node, focus }: { graph: MeshGraph; node: MeshNode; focus: (id: string) => void }) {
  const members = node.children.flatMap((id) => graph.nodes.get(id) ?? []).toSorted((a, b) => b.problems - a.problems)
  return (
    <>
      <h3>Inside ({members.length})</h3>
      <ul className="graph-links">
        {members.slice(0, shownMembers).map((member) => (
          <li key={member.id}>
            <button type="button" onClick={() => focus(member.id)}>
              <Health status={member.health} />{' '}
              <span>
                {member.name} {member.version ?? ''} <small>{kindWords[member.kind].toLowerCase()}</small>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

function Neighbours({ view, index, focus }: { view: GraphView; index: number; focus: (id: string) => void }) {
  const callers = view.edges.filter((edge) => edge.target === index)
  const called = view.edges.filter((edge) => edge.source === index)
  const list = (title: string, edges: typeof callers, end: 'source' | 'target') =>
    edges.length === 0 ? null : (
      <>
        <h3>
          {title} ({edges.length})
        </h3>
        <ul className="graph-links">
          {edges.map((edge) => (
            <li key={edge.id}>
              <button type="button" onClick={() => focus(edge.id)}>
                <Health status={edge.health} />{' '}
                <span>
                  {view.nodes[edge[end]]?.node.name}{' '}
                  <small>
                    {view.nodes[edge[end]]?.node.cluster}
                    {edge.crossCluster ? ', other cluster' : ''} · {rateAndErrors(edge.rate)}
                  </small>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </>
    )
  return (
    <>
      {list('Called by', callers, 'source')}
      {list('Calls', called, 'target')}
    </>
  )
}
