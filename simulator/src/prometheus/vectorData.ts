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

  /** As JSON. */
  text(): string {
    const time = JSON.stringify(this.timeS)
    const parts = this.samples.map(
      ({ metric, value }, i) =>
        `${i === 0 ? '' : ','}{"metric":${textOf(metric)},"value":[${time},"${printed(value)}"]}`,
    )
    return `{"resultType":"vector","result":[${parts.join('')}]}`
  }
}

/** Some hundred thousand metrics. */
const maxChars = 100_000_000
let texts = new WeakMap<Metric, string>()
let chars = 0

function textOf(metric: Metric): string {
  const known = texts.get(metric)
  if (known !== undefined) return known
  const text = JSON.stringify(labelsOf(metric))
  chars += text.length
  if (chars > maxChars) {
    texts = new WeakMap()
    chars = text.length
  }
  texts.set(metric, text)
  return text
}
