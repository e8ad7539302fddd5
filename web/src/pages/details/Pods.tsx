/** The pods of a workload in every cluster, those with trouble first. */

import type { WorkloadDetails } from '@binocle/api/catalog'
import { ClusterName } from '../../components/ClusterChip.tsx'
import { counted } from '../../components/format.ts'
import { Icon } from '../../components/Icon.tsx'
import { RelativeTime } from '../../components/RelativeTime.tsx'
import { ScrollX } from '../../components/ScrollX.tsx'
import { isWell, podsOf, proxyWords, readyContainers } from './related.ts'

export function Pods({ documents }: { documents: Readonly<Record<string, WorkloadDetails>> }) {
  const pods = podsOf(documents)
  return (
    <section className="panel wide">
      <h2>{counted(pods.length, 'pod')}</h2>
      {pods.length === 0 ? (
        <p className="hint">No pod runs for this workload.</p>
      ) : (
        <ScrollX label="Pods">
          <table className="table">
            <caption className="visually-hidden">Pods</caption>
            <thead>
              <tr>
                {['Cluster', 'Pod', 'Status', 'Containers ready', 'Proxy', 'Service account', 'Created'].map(
                  (title) => (
                    <th key={title} scope="col">
                      {title}
                    </th>
                  ),
                )}
              </tr>
            </thead>
            <tbody>
              {pods.map(({ cluster, pod }) => (
                <tr key={`${cluster}/${pod.name}`}>
                  <td>
                    <ClusterName name={cluster} />
                  </td>
                  <td className="name">{pod.name}</td>
                  <td>
                    <span className={`health ${isWell(pod) ? 'healthy' : 'failure'}`}>
                      <Icon name={isWell(pod) ? 'healthy' : 'failure'} />
                      {[pod.status, pod.statusReason].filter(Boolean).join(': ')}
                    </span>
                  </td>
                  <td>{readyContainers(pod)}</td>
                  <td>{proxyWords(pod)}</td>
                  <td>{pod.serviceAccountName}</td>
                  <td>
                    <RelativeTime timeMs={Date.parse(pod.createdAt) || 0} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </section>
  )
}
