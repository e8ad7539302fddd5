/** What differs between the clusters, first thing on the page: one row an attribute, the odd values marked. */

import type { Difference } from '@binocle/api/multicluster'
import { ClusterName } from '../../components/ClusterChip.tsx'
import { Icon } from '../../components/Icon.tsx'
import { ScrollX } from '../../components/ScrollX.tsx'
import { oddOnes } from './sideBySide.ts'

export function Differences({
  differences,
  clusters,
}: {
  differences: readonly Difference[]
  clusters: readonly string[]
}) {
  if (differences.length === 0) {
    return (
      <p className="all-alike">
        <Icon name="healthy" /> Nothing differs: {clusters.join(', ')} agree in every compared attribute.
      </p>
    )
  }
  return (
    <ScrollX label="Differences">
      <table className="table sides">
        <caption className="visually-hidden">Attributes that differ between clusters</caption>
        <thead>
          <tr>
            <th scope="col" className="w-attribute">
              Attribute
            </th>
            {clusters.map((name) => (
              <th key={name} scope="col">
                <ClusterName name={name} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {differences.map(({ attribute, values }) => {
            const odd = oddOnes(values, clusters)
            return (
              <tr key={attribute}>
                <th scope="row">{attribute.charAt(0).toUpperCase() + attribute.slice(1)}</th>
                {clusters.map((cluster) => (
                  <td key={cluster} className={odd.has(cluster) ? 'odd' : undefined}>
                    {values[cluster] ?? <span className="quiet">not set</span>}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </ScrollX>
  )
}
