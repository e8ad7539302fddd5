/** Values of metrics in another unit, printed as Prometheus prints its own. */
import type { Metric } from '@binocle/api/metrics'

/** Every value times `factor`; what is no number stays as it is. */
export function scaled(metric: Metric, factor: number): Metric {
  if (factor === 1) return metric
  return { ...metric, datapoints: metric.datapoints.map(([timeS, value]) => [timeS, times(value, factor)] as const) }
}

const times = (value: string, factor: number): string => {
  const product = Number(value) * factor
  return Number.isFinite(product) ? plain(product) : value
}

/** Without an exponent, which charts do not all read. */
function plain(value: number): string {
  const text = String(value)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? []
  if (whole === '') return text
  const [digits, point] = [whole + fraction, whole.length + Number(exponent)]
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.padEnd(point, '0')}`
}
