import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Difference } from './compare.ts'
import { listed, listedAs } from './listed.ts'
import { rbacListed } from './rbac/listed.ts'
import { routeName } from './routeNames.ts'
import { summary, verdictOf } from './verdict.ts'
import { listedWrites } from './writes/listed.ts'

const request = (path: string) => ({ n: 1, method: 'GET', path })
const mesh = { homeCluster: 'east', namespaces: new Map([['east', new Set(['shop'])]]) }
/** By the list of intended differences. */
const judge = (path: string, differences: readonly Difference[]) =>
  verdictOf(request(path), differences, (each) => listedAs(request(path), each, mesh))
const difference = (path: string, recorded: unknown, ours: unknown) => ({ path, place: path, recorded, ours })

describe('a verdict', () => {
  it('is equal without differences', () => {
    expect(judge('/api/status', []).outcome).toBe('equal')
  })

  it('is listed when every difference is', () => {
    const version = difference('.status.Kiali version', 'unknown', 'v2.31.0')
    expect(judge('/api/status', [version]).outcome).toBe('listed')
  })

  it('is different when one difference is not listed', () => {
    const version = difference('.status.Kiali version', 'unknown', 'v2.31.0')
    const state = difference('.status.Kiali state', 'running', 'walking')
    const verdict = judge('/api/status', [version, state])
    expect([verdict.outcome, verdict.unlisted]).toEqual(['different', [state]])
  })

  it('does not take another value for a listed one', () => {
    expect(judge('/api/status', [difference('.status.Kiali version', 'unknown', '')]).outcome).toBe('different')
  })

  it('is summed up in one line', () => {
    const verdicts = [judge('/a', []), judge('/a', [difference('.x', 1, 2)])]
    expect(summary(verdicts)).toBe('golden: 1 equal, 0 listed, 1 different of 2')
  })
})

describe('the list of intended differences', () => {
  const names = [...new Set([...listed, ...rbacListed, ...listedWrites].map(({ name }) => name))]
  const document = readFileSync(new URL('../../../docs/kiali-compatibility.md', import.meta.url), 'utf8')

  it.each(names)('explains: %s', (name) => {
    expect(document).toContain(`\n### ${name}\n`)
  })

  it('has no heading that the comparison does not know', () => {
    const compared = document.split('## Compared')[1]?.split('\n## ')[0] ?? ''
    const headings = [...compared.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading)
    expect(headings).toEqual(names)
  })
})

describe('a route name', () => {
  it.each([
    ['/api/namespaces', 'GET /api/namespaces'],
    ['/api/namespaces/graph?namespaces=a', 'GET /api/namespaces/graph'],
    ['/api/namespaces/shop/info', 'GET /api/namespaces/*/info'],
    ['/api/namespaces/shop/services/web?x=1', 'GET /api/namespaces/*/services/*'],
    ['/api/clusters/services?clusterName=east', 'GET /api/clusters/services'],
    ['/api/namespaces/a/aggregates/b/c/graph', 'GET /api/namespaces/*/aggregates/*/*/graph'],
    ['/api/namespaces/a/istio/networking.istio.io/v1/Gateway/x', 'GET /api/namespaces/*/istio/*/*/*/*'],
  ])('of %s', (path, route) => {
    expect(routeName('GET', path)).toBe(route)
  })
})
