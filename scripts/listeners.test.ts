/** What opens a port: the console and its metrics, and nothing on behalf of somebody else. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const root = new URL('../server/src/', import.meta.url).pathname
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|testing|hostileIssuer/.test(file))
  .sort()
const filesWith = (pattern: RegExp): string[] =>
  sources.filter((file) => pattern.test(readFileSync(`${root}${file}`, 'utf8')))

describe('what listens', () => {
  it('AUTH-182: is the console and its metrics: a port-forward is a stream, without a port of its own', () => {
    expect(filesWith(/\.listen\(/)).toEqual(['http/metricsListener.ts', 'main.ts'])
    expect(filesWith(/from 'node:(dgram|cluster|inspector|repl)'/)).toEqual([])
  })

  it('AUTH-184: is no debugger: nothing opens an inspector or a profiler', () => {
    expect(filesWith(/node:inspector|HeapSnapshot|--(prof|inspect)\b/)).toEqual([])
  })
})
