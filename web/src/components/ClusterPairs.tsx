/** The facts of one cluster as pairs of name and value: the strip's popover and the Clusters page say the same. */
import type { ClusterStatus } from '@binocle/api/multicluster'
import type { ReactNode } from 'react'
import { ClusterName } from './ClusterChip.tsx'
import { useNow } from './clock.ts'
import { certificateText, localityText, rightsText, roleWords } from './clusterWords.ts'
import { absolute, counted } from './format.ts'
import { RelativeTime } from './RelativeTime.tsx'

export function ClusterPairs({ cluster }: { cluster: ClusterStatus }) {
  const { controlPlanes, managedBy = [], rootCertificates = [], dataPlanes = [] } = cluster
  const nowMs = useNow()
  return (
    <dl className="pairs">
      <Fact name="In this state">
        since <RelativeTime timeMs={cluster.since} />
      </Fact>
      <Moment name="Last probe" timeMs={cluster.lastProbe} />
      <Moment name="Last in step" timeMs={cluster.lastSync} />
      <Moment name="Last metrics" timeMs={cluster.lastMetrics} />
      <Fact name="Role">{cluster.role === undefined ? 'unknown' : roleWords[cluster.role]}</Fact>
      <Fact name="Kubernetes">{cluster.kubernetesVersion ?? 'version unknown'}</Fact>
      <Fact name="API server">{cluster.apiEndpoint ?? 'none known'}</Fact>
      <Fact name="Control planes">
        {controlPlanes.length === 0 && managedBy.length === 0 ? 'none seen' : null}
        {controlPlanes.map((plane) => (
          <span key={`${plane.namespace}/${plane.name}`} className="line">
            {plane.namespace}/{plane.name} {plane.version ?? 'version unknown'}, {plane.status.toLowerCase()}
            {plane.revision === 'default' || plane.revision === '' ? '' : `, revision ${plane.revision}`}
          </span>
        ))}
        {managedBy
          .filter((plane) => plane.cluster !== cluster.name)
          .map((plane) => (
            <span key={`${plane.cluster}/${plane.namespace}/${plane.name}`} className="line">
              {plane.namespace}/{plane.name} in <ClusterName name={plane.cluster} />
            </span>
          ))}
      </Fact>
      {dataPlanes.length === 0 ? null : <Fact name="Data planes">{dataPlanes.join(', ')}</Fact>}
      <Fact name="Network">{cluster.network ?? 'unknown'}</Fact>
      <Gateways cluster={cluster} />
      <Fact name="Locality">{localityText(cluster)}</Fact>
      <Fact name="Mesh">
        {cluster.meshId ?? 'mesh id unknown'}, trust domain {cluster.trustDomain ?? 'unknown'}
        {(cluster.trustDomainAliases ?? []).length === 0 ? '' : ` (also ${cluster.trustDomainAliases?.join(', ')})`}
      </Fact>
      <Fact name="Root of trust">
        {rootCertificates.length === 0 ? 'unknown' : null}
        {rootCertificates.map((root) => (
          <span key={root.fingerprint} className="line">
            {certificateText([root], nowMs).text}, until {absolute(root.notAfter)}
            <span className="line code">{root.fingerprint}</span>
          </span>
        ))}
      </Fact>
      <Fact name="May be read">{rightsText(cluster).text}</Fact>
      <Fact name="Holds">
        {counted(cluster.namespaces, 'namespace')}, {counted(cluster.workloads, 'workload')}
        {cluster.objects === undefined ? '' : `, ${counted(cluster.objects, 'object')}`}
      </Fact>
    </dl>
  )
}

/** Where calls from other networks come in. A network without one cannot be entered, which is worth a word. */
function Gateways({ cluster: { networkGateways } }: { cluster: ClusterStatus }) {
  if (networkGateways === undefined) return null
  return (
    <Fact name="Entered through">
      {networkGateways.length === 0 ? 'no gateway: other networks cannot reach it' : null}
      {networkGateways.map(({ kind, namespace, name, addresses, port, hbonePort }) => (
        <span key={`${kind} ${namespace}/${name}`} className="line">
          {namespace === '' ? name : `${namespace}/${name}`}
          {addresses.length === 0 ? ', no address yet' : `, ${addresses.join(', ')}`}
          {[port, hbonePort].flatMap((one) => (one === undefined ? [] : [`:${one}`])).join(' and ')}
        </span>
      ))}
    </Fact>
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
