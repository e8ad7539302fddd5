/**
 * The data of an answer that is an instant vector. What a sample is of is written once: a console asks for the same groups
 * of a whole mesh again and again, and only the numbers are new.
 */
import { labelsOf, type Metric } from '../metrics/series.ts'
import { printed } from './printed.ts'
import type { Sample } from './vector.ts'

export class VectorData {
  private readonly samples: readonly Sample[]
  private readonly timeS: number

  constructor(samples: readonly Sample[], timeS: number) {
    this.samples = samples
    this.timeS = timeS
  }

  /** The whole successful answer, as JSON. */
  bytes(): Buffer {
    const time = `${JSON.stringify(this.timeS)},"`
    const metrics = this.samples.map(({ metric }) => writtenOf(metric))
    const longest = metrics.reduce((sum, written) => sum + written.length + time.length + longestNumber + 4, 0)
    const answer = Buffer.allocUnsafe(opening.length + longest + closing.length)
    let at = answer.write(opening, 0, 'latin1')
    for (const [i, written] of metrics.entries()) {
      if (i > 0) answer[at++] = comma
      answer.set(written, at)
      at += written.length
      at += answer.write(`${time}${printed(this.samples[i]?.value ?? Number.NaN)}"]}`, at, 'latin1')
    }
    at += answer.write(closing, at, 'latin1')
    return answer.subarray(0, at)
  }
}

const opening = '{"status":"success","data":{"resultType":"vector","result":['
const closing = ']}}'
const comma = 0x2c
/** `-1.7976931348623157e+308` */
const longestNumber = 24

/** Some hundred thousand metrics. */
const maxBytes = 100_000_000
let known = new WeakMap<Metric, Buffer>()
let bytes = 0

/** A sample up to its time. */
function writtenOf(metric: Metric): Buffer {
  const kept = known.get(metric)
  if (kept !== undefined) return kept
  const written = Buffer.from(`{"metric":${JSON.stringify(labelsOf(metric))},"value":[`)
  bytes += written.length
  if (bytes > maxBytes) {
    known = new WeakMap()
    bytes = written.length
  }
  known.set(metric, written)
  return written
}
