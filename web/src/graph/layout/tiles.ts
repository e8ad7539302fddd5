/** From a view to the layout's input: how large each tile must be for its text at the label size. */
import { errorText, rateText } from '../model/rate.ts'
import type { GraphView, ViewNode } from '../model/view.ts'
import type { Arrangement, LayoutInput } from './layoutTypes.ts'

/** World units; on the screen it is this times the scale. Every text of the graph has this size. */
export const labelSize = 12
/** Below this a label cannot be read. */
export const smallestLabelPx = 10
export const largestScale = 1.5

/** The two lines of a tile. */
export interface TileText {
  readonly title: string
  readonly detail: string
}

export function tileText({ node }: ViewNode): TileText {
  const { counts } = node
  const inside =
    node.kind === 'cluster'
      ? plural(counts.namespaces, 'namespace')
      : node.kind === 'namespace'
        ? plural(
            counts.apps || counts.workloads || counts.services,
            counts.apps ? 'app' : counts.workloads ? 'workload' : 'service',
          )
        : node.openable
          ? plural(counts.workloads, 'version')
          : (node.version ?? (node.kind === 'app' ? '' : kindWords[node.kind]))
  const traffic = node.traffic
  const rate = rateText(traffic.incoming) || rateText(traffic.outgoing)
  const errors = errorText(rateText(traffic.incoming) ? traffic.incoming : traffic.outgoing)
  return { title: node.name, detail: [inside, errors || rate].filter((part) => part !== '').join(' · ') }
}

export interface LayoutOptions {
  readonly previous?: Arrangement | undefined
  /** Width of a semi-bold text at the label size; a guess by letters where there is no canvas. */
  readonly measure?: ((text: string) => number) | undefined
}

/** The layout's input for a view. Sizes depend on names and kinds only, so that new numbers do not move anything. */
export function layoutInput(
  view: GraphView,
  canvas: { width: number; height: number },
  { previous, measure = textWidth }: LayoutOptions = {},
): LayoutInput {
  return {
    nodes: view.nodes.map((shown) => {
      const box = shown.node.kind === 'cluster' || shown.node.kind === 'namespace'
      const widest = shown.node.openable
        ? '2 versions · 1.2% err'
        : shown.node.kind === 'service'
          ? 'service · 100% err'
          : 'v2 · 12.3 rps'
      const detail = measure(widest) * 0.95 + 40
      return {
        id: shown.node.id,
        parent: shown.parent,
        open: shown.open,
        width: Math.min(
          210,
          Math.max(detail + (box ? 8 : 0), measure(shown.node.name) + (shown.node.openable ? 54 : 40)),
        ),
        height: shown.node.kind === 'cluster' ? 56 : shown.node.kind === 'namespace' ? 48 : isService(shown) ? 28 : 42,
        minWidth: Math.min(260, measure(shown.node.name) + 60),
      }
    }),
    edges: view.edges.map(({ source, target }) => ({ source, target })),
    canvas,
    maxScale: largestScale,
    ...(previous ? { previous } : {}),
  }
}

/** A service inside an open app is a small pill before its workloads. */
export const isService = ({ node }: ViewNode): boolean =>
  node.kind === 'service' && (node.parent?.startsWith('a:') ?? false)

/** Width of semi-bold text at the label size, by classes of letters: near enough to reserve room without a canvas. */
export function textWidth(text: string): number {
  let width = 0
  for (const letter of text) width += narrow.has(letter) ? 3.6 : wide.has(letter) ? 10.2 : 7.1
  return width
}

const narrow = new Set("iljtfrI.,:;'|-()[]")
const wide = new Set('mwMW@%')

const kindWords = {
  workload: 'workload',
  service: 'service',
  serviceEntry: 'service entry',
  operation: 'operation',
  unknown: '',
  cluster: 'cluster',
  namespace: 'namespace',
} as const

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
