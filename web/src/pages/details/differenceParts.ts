/**
 * Values that differ, cut into the parts that people compare: the lines of an object, the names of a list. A part that not
 * every cluster has is the difference; the rest is context.
 */
import type { Difference } from '@binocle/api/multicluster'

export interface Part {
  readonly text: string
  /** Not every cluster has it. */
  readonly odd: boolean
}

export interface Parts {
  /** Lines keep their indentation; names stand beside each other. */
  readonly form: 'lines' | 'names'
  /** Only clusters that have a value. */
  readonly byCluster: ReadonlyMap<string, readonly Part[]>
}

export function differenceParts({ values }: Difference, clusters: readonly string[]): Parts {
  const documents = clusters.flatMap((cluster) => {
    const value = values[cluster]
    return value === undefined ? [] : [{ cluster, value, object: objectIn(value) }]
  })
  const form = documents.every(({ object }) => object !== undefined) ? 'lines' : 'names'
  const cut = documents.map(({ cluster, value, object }) => ({
    cluster,
    texts: form === 'lines' ? lines(object, '') : value.split(', '),
  }))
  const common = (text: string) => cut.length === clusters.length && cut.every(({ texts }) => texts.includes(text))
  return {
    form,
    byCluster: new Map(cut.map(({ cluster, texts }) => [cluster, texts.map((text) => ({ text, odd: !common(text) }))])),
  }
}

/**
 * `config.DestinationRule.cart` -> `DestinationRule cart`, `labels.team` -> `Label team`, `versions` -> `Versions`.
 * A name may have dots of its own.
 */
export function attributeWords(attribute: string): string {
  const [area = '', first = '', ...rest] = attribute.split('.')
  if (area === 'config' && rest.length > 0) return `${first} ${rest.join('.')}`
  const name = attribute.slice(area.length + 1)
  if (area === 'labels' && name !== '') return `Label ${name}`
  if (area === 'annotations' && name !== '') return `Annotation ${name}`
  const words = attribute.replace(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`)
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

/** The same for a cell of a list: the kinds of what differs, each once; names are told where there is room for them. */
export function differenceSummary(attributes: readonly string[]): string {
  const short = attributes.map((attribute) => {
    const [area = '', first = ''] = attribute.split('.')
    if (area === 'config' && first !== '') return first
    const words = attributeWords(attribute)
    return area === 'labels' || area === 'annotations' ? words.replace(/ .*\//, ' ') : words
  })
  return [...new Set(short)].join(', ')
}

function objectIn(value: string): object | undefined {
  if (!value.startsWith('{') && !value.startsWith('[')) return undefined
  try {
    const parsed: unknown = JSON.parse(value)
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined
  } catch {
    return undefined
  }
}

/** As YAML writes it, so that one changed value is one changed line. */
function lines(value: unknown, indent: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((one) => {
      const [first = '', ...rest] = lines(one, `${indent}  `)
      return [`${indent}- ${first.trimStart()}`, ...rest]
    })
  }
  if (typeof value !== 'object' || value === null) return [`${indent}${String(value)}`]
  return Object.entries(value).flatMap(([key, own]) =>
    typeof own === 'object' && own !== null
      ? [`${indent}${key}:`, ...lines(own, `${indent}  `)]
      : [`${indent}${key}: ${String(own)}`],
  )
}
