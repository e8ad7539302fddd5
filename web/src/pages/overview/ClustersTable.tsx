/** The clusters as rows: state, versions, what they hold, and what crosses their border. */

import type { ClusterStatus, Overview } from '@binocle/api/multicluster'
import { useClusters } from '../../app/useClusters.ts'
import { useScope } from '../../app/useScope.ts'
import { ClusterName } from '../../components/ClusterChip.tsx'
import { clusterStates } from '../../components/clusterStates.ts'
import { rate } from '../../components/format.ts'
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
      <h2 id="clusters">Clusters</h2>
      <ScrollX label="Clusters, one a row">
        <table className="table">
          <caption className="visually-hidden">Clusters of the mesh</caption>
          <thead>
            <tr>
              <th scope="col">Cluster</th>
              <th scope="col">State</th>
              <th scope="col">In step</th>
              <th scope="col">Kubernetes</th>
              <th scope="col">Control plane</th>
              <th scope="col" className="number">
                Namespaces
              </th>
              <th scope="col" className="number">
                Workloads
              </th>
              <th scope="col" className="number">
                From others
              </th>
              <th scope="col" className="number">
                To others
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
  const { word, icon, tone } = clusterStates[cluster.state]
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
      </td>
      <td>{cluster.lastSync === undefined ? 'never' : <RelativeTime timeMs={cluster.lastSync} />}</td>
      <td>{cluster.kubernetesVersion ?? <span className="quiet">unknown</span>}</td>
      <td>
        {cluster.controlPlanes.length === 0 ? <span className="quiet">none seen</span> : null}
        {cluster.controlPlanes.map(({ namespace, name, revision, version }) => (
          <span key={`${namespace}/${name}`} className="line">
            {version ?? revision}
            {version === undefined || revision === 'default' ? null : <span className="quiet"> {revision}</span>}
          </span>
        ))}
      </td>
      <td className="number">{cluster.namespaces.toLocaleString('en')}</td>
      <td className="number">{cluster.workloads.toLocaleString('en')}</td>
      <td className="number">{rate(border?.in)}</td>
      <td className="number">{rate(border?.out)}</td>
    </tr>
  )
}
