/** The workloads, services and applications that belong to the object, each with the clusters that have it. */

import { Link } from '@tanstack/react-router'
import { ClusterName } from '../../components/ClusterChip.tsx'
import { detailRoutes, kindWords } from '../../components/detailRoutes.ts'
import { ScrollX } from '../../components/ScrollX.tsx'
import type { Related } from './related.ts'

export function RelatedTable({ related, clusters }: { related: readonly Related[]; clusters: readonly string[] }) {
  if (related.length === 0) return null
  return (
    <section className="panel">
      <h2>Belongs together</h2>
      <ScrollX label="Related objects">
        <table className="table sides">
          <caption className="visually-hidden">Related objects by cluster</caption>
          <thead>
            <tr>
              <th scope="col" className="w-attribute">
                Name
              </th>
              {clusters.map((name) => (
                <th key={name} scope="col">
                  <ClusterName name={name} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {related.map(({ kind, name, namespace, notes }) => (
              <tr key={`${kind}/${namespace}/${name}`}>
                <th scope="row">
                  <span className="kind small" title={kindWords[kind].one}>
                    {kindWords[kind].badge}
                  </span>{' '}
                  <Link to={detailRoutes[kind]} params={{ namespace, name }}>
                    {name}
                  </Link>
                </th>
                {clusters.map((cluster) => (
                  <td key={cluster}>
                    {notes.has(cluster) ? (
                      <Link to={detailRoutes[kind]} params={{ namespace, name }} search={{ clusterName: cluster }}>
                        {notes.get(cluster) || 'there'}
                      </Link>
                    ) : (
                      <span className="quiet">not in {cluster}</span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </section>
  )
}
