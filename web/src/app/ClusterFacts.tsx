/** What is known of one cluster: why it is in its state, what to do, and since when. */
import type { ClusterStatus } from '@binocle/api/multicluster'
import type { ReactNode } from 'react'
import { ClusterName } from '../components/ClusterChip.tsx'
import { clusterStates } from '../components/clusterStates.ts'
import { counted, sentence } from '../components/format.ts'
import { Icon } from '../components/Icon.tsx'
import { RelativeTime } from '../components/RelativeTime.tsx'
import { RetryCluster } from './RetryCluster.tsx'
import { useScope, useSetSearch } from './useScope.ts'

export function ClusterFacts({ cluster }: { cluster: ClusterStatus }) {
  const { word, icon, tone, plain } = clusterStates[cluster.state]
  return (
    <div>
      <h2 className="facts-title">
        <ClusterName name={cluster.name} />
        <span className={`health ${tone}`}>
          <Icon name={icon} />
          {word}
        </span>
      </h2>
      <p>{sentence(cluster.cause?.message ?? plain)}</p>
      {cluster.cause?.remedy === undefined ? null : (
        <p className="remedy">
          <strong>What to do:</strong> {sentence(cluster.cause.remedy)}
        </p>
      )}
      {cluster.cause === undefined ? null : <p className="code">{cluster.cause.code}</p>}
      <dl className="pairs">
        <Fact name="In this state">
          since <RelativeTime timeMs={cluster.since} />
        </Fact>
        <Moment name="Last probe" timeMs={cluster.lastProbe} />
        <Moment name="Last in step" timeMs={cluster.lastSync} />
        <Moment name="Last metrics" timeMs={cluster.lastMetrics} />
        <Fact name="Kubernetes">{cluster.kubernetesVersion ?? 'version unknown'}</Fact>
        <Fact name="API server">{cluster.apiEndpoint ?? 'none known'}</Fact>
        {cluster.network === undefined ? null : <Fact name="Network">{cluster.network}</Fact>}
        {cluster.role === undefined ? null : <Fact name="Role">{cluster.role}</Fact>}
        <Fact name="Control planes">
          {cluster.controlPlanes.length === 0 ? 'none seen' : null}
          {cluster.controlPlanes.map((plane) => (
            <span key={`${plane.namespace}/${plane.name}`} className="line">
              {plane.namespace}/{plane.name} {plane.version ?? `revision ${plane.revision}`},{' '}
              {plane.status.toLowerCase()}
            </span>
          ))}
        </Fact>
        <Fact name="Holds">
          {counted(cluster.namespaces, 'namespace')}, {counted(cluster.workloads, 'workload')}
        </Fact>
      </dl>
      <div className="actions">
        <ShowOnly cluster={cluster.name} />
        {cluster.state === 'telemetry-only' ? null : <RetryCluster cluster={cluster.name} />}
      </div>
    </div>
  )
}

function ShowOnly({ cluster }: { cluster: string }) {
  const { clusters } = useScope()
  const setSearch = useSetSearch()
  const alone = clusters.length === 1 && clusters[0] === cluster
  return (
    <button
      type="button"
      className="button"
      onClick={() => {
        setSearch({ clusters: alone ? undefined : cluster, cluster: undefined })
      }}
    >
      {alone ? 'Show all clusters' : 'Show only this cluster'}
    </button>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

function Moment({ name, timeMs }: { name: string; timeMs: number | undefined }) {
  return <Fact name={name}>{timeMs === undefined ? 'never' : <RelativeTime timeMs={timeMs} />}</Fact>
}
