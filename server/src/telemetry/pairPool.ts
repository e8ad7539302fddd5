/**
 * Who called whom, each pair once, and each end of pairs once: a pair has about six rows (codes, flags, reporters), and
 * from window to window nearly the same pairs call each other. Work that depends on the pair alone is done once for it.
 */
import { LabelTexts } from './labelTexts.ts'
import type { Pair, Peer } from './traffic.ts'
import { Tuples } from './tuples.ts'

/** The labels that make a pair: those of its source, of its destination, of the service. */
export const pairLabels = [
  'source_cluster',
  'source_workload_namespace',
  'source_workload',
  'source_canonical_service',
  'source_canonical_revision',
  'destination_cluster',
  'destination_workload_namespace',
  'destination_workload',
  'destination_canonical_service',
  'destination_canonical_revision',
  'destination_service_namespace',
  'destination_service',
  'destination_service_name',
] as const

const peerWidth = 5
const sourceAt = 0
const destinationAt = sourceAt + peerWidth
const serviceAt = destinationAt + peerWidth

export class PairPool {
  /** Texts of the labels whose numbers make a pair. */
  readonly texts = new LabelTexts()
  private readonly pairTuples = new Tuples(pairLabels.length)
  private readonly peerTuples = new Tuples(peerWidth)
  private readonly pairs: Pair[] = []
  private readonly peers: Peer[] = []

  get size(): number {
    return this.pairs.length
  }

  /** Most of what it holds is no longer spoken of, to judge by the rows of a new window. */
  isWorn(rows: number): boolean {
    return this.size > rows + 1_000 || this.texts.size > 2 * this.size + 10_000
  }

  /** The pair whose labels' numbers begin `numbers`, in the order of `pairLabels`. */
  pairOf(numbers: Uint32Array): Pair {
    const number = this.pairTuples.numberOf(numbers)
    let pair = this.pairs[number]
    if (pair === undefined) {
      pair = {
        source: this.peerAt(numbers, sourceAt),
        destination: this.peerAt(numbers, destinationAt),
        serviceNamespace: this.textAt(numbers, serviceAt),
        service: this.textAt(numbers, serviceAt + 1),
        serviceName: this.textAt(numbers, serviceAt + 2),
      }
      this.pairs.push(pair)
    }
    return pair
  }

  private peerAt(numbers: Uint32Array, at: number): Peer {
    const number = this.peerTuples.numberOf(numbers, at)
    let peer = this.peers[number]
    if (peer === undefined) {
      peer = {
        cluster: this.textAt(numbers, at),
        workloadNamespace: this.textAt(numbers, at + 1),
        workload: this.textAt(numbers, at + 2),
        canonicalService: this.textAt(numbers, at + 3),
        canonicalRevision: this.textAt(numbers, at + 4),
      }
      this.peers.push(peer)
    }
    return peer
  }

  private textAt(numbers: Uint32Array, at: number): string | undefined {
    return this.texts.text(numbers[at] ?? 0)
  }
}

/** By name of whom they are about, label by label; pairs that lack a label come last. */
export function comparePairs(a: Pair, b: Pair): number {
  return (
    comparePeers(a.source, b.source) ||
    comparePeers(a.destination, b.destination) ||
    compareTexts(a.serviceNamespace, b.serviceNamespace) ||
    compareTexts(a.service, b.service) ||
    compareTexts(a.serviceName, b.serviceName)
  )
}

function comparePeers(a: Peer, b: Peer): number {
  if (a === b) return 0
  return (
    compareTexts(a.cluster, b.cluster) ||
    compareTexts(a.workloadNamespace, b.workloadNamespace) ||
    compareTexts(a.workload, b.workload) ||
    compareTexts(a.canonicalService, b.canonicalService) ||
    compareTexts(a.canonicalRevision, b.canonicalRevision)
  )
}

export function compareTexts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined) return 1
  if (b === undefined) return -1
  return a < b ? -1 : 1
}
