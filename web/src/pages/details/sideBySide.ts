/**
 * One object in several clusters as a table of attributes x clusters: what each cluster's document says, in words. A row
 * whose values are not alike is marked; which values are the odd ones is decided here too.
 */
import type { HealthStatus } from '@binocle/api/health'
import type { ClusterName } from '@binocle/api/identity'

/** What one cluster says of one attribute. */
export type Value =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'texts'; readonly texts: readonly string[] }
  | { readonly is: 'labels'; readonly labels: Record<string, string> }
  | { readonly is: 'health'; readonly health: HealthStatus }
  | { readonly is: 'ready'; readonly available: number; readonly desired: number }
  | { readonly is: 'time'; readonly timeMs: number }
  | { readonly is: 'traffic'; readonly rps: number; readonly errorPercent: number | undefined }

/** `compared`: equal values are expected; others (addresses, rates, times) differ by nature. */
export interface Attribute<Document> {
  readonly name: string
  readonly compared: boolean
  /** Undefined: the document says nothing of it. */
  value(document: Document): Value | undefined
}

export interface Row {
  readonly name: string
  readonly values: ReadonlyMap<ClusterName, Value>
  readonly differs: boolean
}

/** Attributes of which no cluster says anything are left out. */
export function sideBySide<Document>(
  attributes: readonly Attribute<Document>[],
  documents: Readonly<Record<ClusterName, Document>>,
): Row[] {
  return attributes.flatMap(({ name, compared, value }) => {
    const values = new Map<ClusterName, Value>()
    for (const [cluster, document] of Object.entries(documents)) {
      const said = value(document)
      if (said !== undefined) values.set(cluster, said)
    }
    if (values.size === 0) return []
    const clusters = Object.keys(documents)
    const texts = clusters.map((cluster) => JSON.stringify(values.get(cluster)))
    return [{ name, values, differs: compared && new Set(texts).size > 1 }]
  })
}

/**
 * The clusters whose value is not the usual one; a value that is shared by more clusters than any other is usual. With no
 * such value (one against one) all are odd: nobody knows who is right.
 */
export function oddOnes(
  values: Readonly<Record<ClusterName, string>>,
  clusters: readonly ClusterName[],
): Set<ClusterName> {
  const counts = new Map<string | undefined, number>()
  for (const cluster of clusters) counts.set(values[cluster], (counts.get(values[cluster]) ?? 0) + 1)
  const most = Math.max(...counts.values())
  const usual = [...counts].filter(([, count]) => count === most)
  if (usual.length > 1) return new Set(clusters)
  return new Set(clusters.filter((cluster) => values[cluster] !== usual[0]?.[0]))
}
