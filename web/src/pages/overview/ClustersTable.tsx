/** The clusters as rows: state, versions, what they hold, and what crosses their border. */

import type { ClusterStatus, Overview } from '@binocle/api/multicluster'
import { Link } from '@tanstack/react-router'
import { useClusters } from '../../app/useClusters.ts'
import { useScope } from '../../app/useScope.ts'
import { ClusterName } from '../../components/ClusterChip.tsx'
import { isUndecided, lookOf } from '../../components/clusterStates.ts'
import { counted, rate } from '../../components/format.ts'
import { Icon } from '../../components/Icon.tsx'
import { RelativeTime } from '../../components/RelativeTime.tsx'
import { ScrollX } from '../../components/ScrollX.tsx'
import { borderTraffic } from './borderTraffic.ts'

export function ClustersTable({ traffic }: { traffic: Overview['traffic'] }) {
  const { clusters: chosen } = useScope()
  const { clusters } = useClusters()
  const shown = clusters.filter(({ name }) => chosen.length === 0 || chosen.includes(name))
  if (shown.length === 0) return null
  return (
    <section className="panel" aria-labelledby="clusters">
      <h2 id="clusters">
        <Link to="/clusters">Clusters</Link>
      </h2>
      <ScrollX label="Clusters, one a row">
        <table className="table">
          <caption className="visually-hidden">Clusters of the mesh</caption>
          <thead>
            <tr>
              <th scope="col">Cluster</th>
              <th scope="col">State</th>
              <th scope="col">Versions</th>
              <th scope="col" className="number">
                Holds
              </th>
              <th scope="col" className="number">
                Crosses its border
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((cluster) => (
              <Cells key={cluster.name} cluster={cluster} traffic={traffic} />
            ))}
          </tbody>
        </table>
      </ScrollX>
    </section>
  )
}

function Cells({ cluster, traffic }: { cluster: ClusterStatus; traffic: Overview['traffic'] }) {
  const { word, icon, tone } = lookOf(cluster)
  const border = traffic && borderTraffic(traffic.matrix, cluster.name)
  return (
    <tr>
      <th scope="row">
        <ClusterName name={cluster.name} />
      </th>
      <td>
        <span className={`health ${tone}`}>
          <Icon name={icon} />
          {word}
        </span>
        <span className="line quiet">
          {cluster.lastSync === undefined ? (
            'never in step'
          ) : (
            <>
              in step <RelativeTime timeMs={cluster.lastSync} />
            </>
          )}
        </span>
      </td>
      <td>
        <span className="line">Kubernetes {cluster.kubernetesVersion ?? 'version unknown'}</span>
        {cluster.controlPlanes.length === 0 ? <span className="line quiet">no control plane seen</span> : null}
        {cluster.controlPlanes.map(({ namespace, name, revision, version }) => (
          <span key={`${namespace}/${name}`} className="line">
            {name} {version ?? ''} {revision === 'default' ? null : <span className="quiet">revision {revision}</span>}
          </span>
        ))}
      </td>
      <td className="number">
        {isUndecided(cluster) ? (
          <span className="quiet">unknown</span>
        ) : (
          <>
            <span className="line">{counted(cluster.namespaces, 'namespace')}</span>
            <span className="line">{counted(cluster.workloads, 'workload')}</span>
          </>
        )}
      </td>
      <td className="number">
        <span className="line">in {rate(border?.in)}</span>
        <span className="line">out {rate(border?.out)}</span>
      </td>
    </tr>
  )
}
