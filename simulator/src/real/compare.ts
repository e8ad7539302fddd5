/** For tests: the same question to our answerer and to a real Prometheus, and what about the answers has a meaning. */
import { jsonOf, type PrometheusApi } from '../prometheus/api.ts'
import type { RealPrometheus } from './prometheus.ts'

/** The `data` of our answer. */
export const answer = (api: PrometheusApi, path: string, params: URLSearchParams) =>
  field(JSON.parse(jsonOf(api(`/api/v1/${path}`, params).body).toString()), 'data')

/** A real Prometheus' answer. */
export async function askRaw(real: RealPrometheus, path: string, params: URLSearchParams) {
  const url = `${real.url}/api/v1/${path}`
  const posted = path.startsWith('label/')
    ? await fetch(`${url}?${params}`)
    : await fetch(url, { method: 'POST', body: params })
  const body: unknown = await posted.json()
  return { status: posted.status, body }
}

/** The `data` of a real Prometheus' answer. */
export const ask = async (real: RealPrometheus, path: string, params: URLSearchParams) =>
  field((await askRaw(real, path, params)).body, 'data')

export const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined

/** Rows in order of their labels, numbers to ten digits: neither order nor the last digits of sums mean anything. */
export function normal(data: unknown): unknown {
  const result = field(data, 'result')
  if (!Array.isArray(result)) return undefined
  const rounded = JSON.stringify(result, (_key, value) => {
    if (typeof value !== 'string' || !/^[+-]?[\d.]+(e[+-]\d+)?$/.test(value)) return value
    const number = Number(value)
    // Differences of equal numbers leave dust.
    return Math.abs(number) < 1e-9 ? 0 : Number(number.toPrecision(10))
  })
  const rows: unknown = JSON.parse(rounded)
  return field(data, 'resultType') === 'vector' || field(data, 'resultType') === 'matrix' ? sorted(rows) : rows
}

export const sorted = (rows: unknown): unknown[] =>
  Array.isArray(rows) ? rows.map((row) => JSON.stringify(ordered(row))).sort() : [rows]

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, ordered(inner)]),
  )
}
