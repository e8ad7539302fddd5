/** What differs between the clusters, first thing on the page: one row an attribute, the differing parts marked. */
import type { Difference } from '@binocle/api/multicluster'
import { ClusterName } from '../../components/ClusterChip.tsx'
import { Icon } from '../../components/Icon.tsx'
import { ScrollX } from '../../components/ScrollX.tsx'
import { attributeWords, differenceParts, type Part, type Parts } from './differenceParts.ts'
import { oddOnes } from './sideBySide.ts'

interface Props {
  differences: readonly Difference[]
  clusters: readonly string[]
  /** What is known of some cluster is old. */
  partial: boolean
}

export function Differences({ differences, clusters, partial }: Props) {
  if (differences.length === 0) {
    return (
      <p className="all-alike">
        <Icon name={partial ? 'clock' : 'healthy'} />
        {partial ? 'As last known nothing differed' : 'Nothing differs'}: {clusters.join(', ')} agree in every compared
        attribute.
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
          {shortFirst(differences).map((difference) => (
            <DifferenceRow key={difference.attribute} difference={difference} clusters={clusters} />
          ))}
        </tbody>
      </table>
    </ScrollX>
  )
}

/** What fits in a line comes before whole objects of Istio; each in the order of the server. */
const shortFirst = (differences: readonly Difference[]): readonly Difference[] => [
  ...differences.filter(({ attribute }) => !attribute.startsWith('config.')),
  ...differences.filter(({ attribute }) => attribute.startsWith('config.')),
]

/** Longer objects open on demand: what else differs must not be pushed off the screen by one of them. */
const mostOpenLines = 6

/** With more than two clusters those that leave the majority are marked as a whole; of two, nobody knows who is right. */
function DifferenceRow({ difference, clusters }: { difference: Difference; clusters: readonly string[] }) {
  const { form, byCluster } = differenceParts(difference, clusters)
  const odd = oddOnes(difference.values, clusters)
  return (
    <tr>
      <th scope="row">{attributeWords(difference.attribute)}</th>
      {clusters.map((cluster) => (
        <td key={cluster} className={odd.has(cluster) && odd.size < clusters.length ? 'odd' : undefined}>
          <Value form={form} parts={byCluster.get(cluster)} />
        </td>
      ))}
    </tr>
  )
}

function Value({ form, parts }: { form: Parts['form']; parts: readonly Part[] | undefined }) {
  if (parts === undefined) return <mark className="absent">not set</mark>
  const counts = new Map<string, number>()
  const text = (
    <span className={form}>
      {parts.map(({ text, odd }) => {
        // The same line may stand in a document twice.
        const nth = (counts.get(text) ?? 0) + 1
        counts.set(text, nth)
        return odd ? <mark key={`${text} ${nth}`}>{text}</mark> : <span key={`${text} ${nth}`}>{text}</span>
      })}
    </span>
  )
  if (form !== 'lines' || parts.length <= mostOpenLines) return text
  return (
    <details>
      <summary>
        {parts.filter(({ odd }) => odd).length} of {parts.length} lines differ
      </summary>
      {text}
    </details>
  )
}
