/**
 * Every route under texts that belong nowhere: whatever is sent, the answer is of the caller's making, says nothing of the
 * inside, and no query but the intended ones leaves for Prometheus. `BINOCLE_FUZZ_CASES` says how many.
 */
import { parser } from '@prometheus-io/lezer-promql'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Expr, render } from '../telemetry/promql.ts'
import {
  anyIstioMetric,
  extraQuery,
  familyNames,
  familyQuery,
  lastMetricsQuery,
  latencyQuery,
} from '../telemetry/queryPlan.ts'
import { type Bed, createBed } from './testing/bed.ts'
import { hostileRequest } from './testing/hostile.ts'
import { clusterNames, clusterOf, marker } from './testing/markers.ts'
import { all, anyRightsByCluster, viewerWith } from './testing/viewers.ts'
import { createWorld, type World, type WorldOptions } from './testing/world.ts'

const cases = Number(process.env.BINOCLE_FUZZ_CASES ?? 1500)
const timeout = 60_000 + cases * 20

/** A value that would end its place, were it not quoted. */
const scopeValue = 'm"1\\'
const conditions: readonly WorldOptions[] = [
  { queryScope: { mesh_id: scopeValue } },
  { queryScope: { mesh_id: scopeValue }, states: { east: 'unreachable', north: 'syncing', west: 'unauthorized' } },
  { queryScope: { mesh_id: scopeValue }, withoutTelemetry: true },
]

let worlds: readonly World[]
let beds: readonly Bed[]

beforeAll(async () => {
  worlds = await Promise.all(conditions.map((condition) => createWorld(condition)))
  beds = worlds.map((world) => createBed(world))
})

/** What only the inside says: stacks, files, sockets, words of Node. */
const inside =
  /\bat [^ ]+ \(|\.ts:\d|\.js:\d|node:|file:\/\/|node_modules|ECONN|ENOTFOUND|EACCES|TypeError|RangeError|SyntaxError|Cannot read prop|is not a function|is not iterable/

describe('whatever is sent', () => {
  it('AUTH-37: no error is the server’s, and none tells of its inside', { timeout }, async () => {
    const routes = beds[0]?.routes ?? []
    const property = fc.asyncProperty(
      fc.nat(conditions.length - 1),
      fc.oneof(anyRightsByCluster, fc.constant({ east: all, north: all, west: all })),
      fc.nat(routes.length - 1).chain((index) => {
        const route = routes[index]
        if (route === undefined) throw new Error('no route')
        return hostileRequest(route)
      }),
      async (index, rights, asked) => {
        const told = await beds[index]?.ask(viewerWith(rights), asked)
        if (told === undefined) return
        const { status, body } = told
        // Without telemetry there is no graph of it.
        const mayBeUnavailable = conditions[index]?.withoutTelemetry === true && /graph|metrics/.test(asked.url)
        expect(status < 500 || (status === 503 && mayBeUnavailable), `${status} ${body.slice(0, 300)}`).toBe(true)
        if (status >= 400) expect(withoutEcho(body, asked.url)).not.toMatch(inside)
      },
    )
    await fc.assert(property, { numRuns: cases })
    expect(beds.flatMap(({ defects }) => defects)).toEqual([])
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  it('AUTH-T47: every query parses to an intended one, within the configured scope', () => {
    const intended = new Set(plan.map((expr) => shapeOf(render(expr, { mesh_id: scopeValue }))))
    const sent = [...new Set(worlds.flatMap(({ queries }) => queries))]
    expect(sent.length).toBeGreaterThan(10)
    for (const query of sent) {
      expect(intended, query).toContain(shapeOf(query))
      const selectors = textsOf(query, 'VectorSelector')
      expect(selectors.filter((selector) => !selector.includes('{mesh_id="m\\"1\\\\"'))).toEqual([])
      expect(textsOf(query, 'StringLiteral').filter((text) => !knownLiterals.has(text))).toEqual([])
    }
  })

  it('AUTH-T47: every query about one namespace is confined to it and its cluster, in every part of it', async () => {
    const viewer = viewerWith({ east: all, north: all, west: { ...all, cluster: 'no' } })
    for (const text of ['cart', 'a"} or x{', '\\', '.*', '\n', '|', '"}[5m])) or vector(1) #'])
      for (const parameters of telling)
        for (const kind of ['services', 'workloads', 'apps']) {
          const asked = `${parameters}&requestProtocol=${encodeURIComponent(text)}`
          const url = `/api/namespaces/shop/${kind}/${encodeURIComponent(text)}/metrics?${asked}`
          const told = await beds[0]?.ask(viewer, { method: 'GET', url: `${url}&clusterName=${clusterOf('east')}` })
          expect(told?.status, told?.body).toBe(200)
          const stats = await beds[0]?.ask(viewer, timesOf(kind.slice(0, -1), text))
          expect(stats?.status, stats?.body).toBe(200)
        }
    const pods = `/api/namespaces/shop/app-${marker('east', 'shop')}/usage_metrics?clusterName=${clusterOf('east')}`
    expect((await beds[0]?.ask(viewer, { method: 'GET', url: pods }))?.body).toContain(
      `app-${marker('east', 'shop')}-pod`,
    )
    const sent = [...new Set(worlds.flatMap(({ ranges }) => ranges))]
    expect(sent.some((query) => query.includes(`pod=~"app-${marker('east', 'shop')}-pod"`))).toBe(true)
    expect(sent.length).toBeGreaterThan(10)
    for (const query of sent) {
      expect(shapeOf(query), query).not.toContain('⚠')
      const selectors = textsOf(query, 'VectorSelector')
      expect(selectors.length).toBeGreaterThan(0)
      for (const selector of selectors) {
        expect(selector).toMatch(/^[a-z_]+\{mesh_id="m\\"1\\\\",/)
        expect(podsOf(selector) ?? confinedTo(selector), selector).not.toEqual([])
      }
      expect(textsOf(query, 'FunctionIdentifier').filter((name) => !functions.has(name))).toEqual([])
    }
  })
})

/** Metrics of pods may name no cluster: they are asked for pod by pod. */
const podsOf = (selector: string): string[] | undefined => /,pod=~"([^"]+)"\}$/.exec(selector)?.[1]?.split('|')

const confinedTo = (selector: string): string[] =>
  clusterNames.filter(
    (name) =>
      /_namespace=~?"/.test(selector) && new RegExp(`_cluster=~?"([^"]*[|])?${clusterOf(name)}[|"]`).test(selector),
  )

const timesOf = (kind: string, name: string) => {
  const target = { cluster: clusterOf('east'), namespace: 'shop', name, kind }
  const common = { direction: 'inbound', interval: '60s', queryTime: 1_700_000_100, avg: true, quantiles: ['0.9'] }
  const peerTarget = { namespace: 'shop', name, kind: 'app' }
  return {
    method: 'POST' as const,
    url: '/api/stats/metrics',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      queries: [
        { target, ...common },
        { target, peerTarget, ...common },
      ],
    }),
  }
}

const telling = [
  'direction=inbound&reporter=both',
  'direction=inbound&byLabels[]=source_workload&byLabels[]=source_cluster&quantiles[]=0.99',
  'direction=outbound&byLabels[]=destination_service_name&rateFunc=irate&reporter=source,waypoint',
]

const functions = new Set(['rate', 'irate', 'histogram_quantile'])

/** What the caller wrote may come back to him. */
function withoutEcho(body: string, url: string): string {
  const [path = '', search = ''] = url.split('?')
  const words = [...path.split('/').map(decoded), ...[...new URLSearchParams(search)].flat()]
  return words.reduce((rest, word) => (word === '' ? rest : rest.replaceAll(word, '')), body)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** All that is ever asked, for one window; of response times with each choice of reporters. */
const plan: readonly Expr[] = [
  ...familyNames.flatMap((family) => [familyQuery(family, 60, false), familyQuery(family, 60, true)]),
  anyIstioMetric,
  lastMetricsQuery('source'),
  lastMetricsQuery('destination'),
  latencyQuery(60),
  ...(['50', 'avg'] as const).map((statistic) =>
    extraQuery({ kind: 'responseTime', statistic, reporters: ['source'] }, 60),
  ),
  extraQuery({ kind: 'throughput', of: 'request' }, 60),
  ...familyNames.map((family) => extraQuery({ kind: 'security', family }, 60)),
  extraQuery({ kind: 'aggregate', label: 'request_operation' }, 60),
]

const knownLiterals = new Set([
  '"m\\"1\\\\"',
  '""',
  '"source"',
  '"destination"',
  '"unknown"',
  ...['destination', 'source', 'waypoint'].flatMap((a) =>
    ['destination', 'source', 'waypoint'].map((b) => `"${a}|${b}"`),
  ),
])

/** The official grammar's tree, without the texts in it. Mistakes are ⚠, which no intended query has. */
function shapeOf(query: string): string {
  const names: string[] = []
  parser.parse(query).iterate({
    enter: ({ name }) => {
      names.push(`(${name}`)
    },
    leave: () => {
      names.push(')')
    },
  })
  return names.join('')
}

function textsOf(query: string, name: string): string[] {
  const texts: string[] = []
  parser.parse(query).iterate({
    enter: (node) => {
      if (node.name === name) texts.push(query.slice(node.from, node.to))
    },
  })
  return texts
}
