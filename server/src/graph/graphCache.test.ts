import { describe, expect, it } from 'vitest'
import { anonymousViewer } from '../access/anonymous.ts'
import { loadConfig } from '../config/load.ts'
import { createInventory } from '../inventory/live.ts'
import type { Mesh } from '../model.ts'
import type { GraphJson } from './document.ts'
import { createGraphCache } from './graphCache.ts'
import type { GraphOptions } from './options.ts'

const options = (namespace: string): GraphOptions => ({
  namespaces: [namespace],
  node: undefined,
  cluster: '',
  graphType: 'app',
  durationS: 600,
  queryTime: 600,
  boxBy: new Set(),
  appenders: new Set(),
  includeIdleEdges: false,
  injectServiceNodes: false,
  ambientTraffic: 'total',
  rateGrpc: 'requests',
  rateHttp: 'requests',
  rateTcp: 'sent',
  responseTime: '95',
  throughputType: 'response',
  waypoints: true,
  aggregate: '',
})

/** A mesh whose clock and building are in the test's hand. */
function scene(costMs = 10, maxBytes?: number) {
  const state = { nowMs: 0, built: 0, fails: false, asOf: 0 }
  const inventory = createInventory()
  const mesh: Mesh = {
    config: loadConfig().config,
    inventory,
    clock: () => state.nowMs,
    clusters: { list: () => [], get: () => undefined, retry: () => {}, onChange: () => () => {} },
    traffic: {
      snapshot: async () => ({ state: 'unknown', cause: { code: 'x', message: '' } }),
      current: () => ({
        state: 'known',
        asOf: state.asOf,
        value: {
          window: { end: 0, durationS: 300 },
          families: { requests: [], requestMessages: [], responseMessages: [], tcpSent: [], tcpReceived: [] },
        },
      }),
      now: () => 600,
      onRefresh: () => () => {},
    },
  }
  const build = async (): Promise<GraphJson> => {
    state.built++
    state.nowMs += costMs
    if (state.fails) throw new Error('Prometheus is away')
    return { json: Buffer.from('{}') }
  }
  const cache = createGraphCache(mesh, build, maxBytes)
  const graph = (namespace = 'shop', scope = anonymousViewer.scope) => cache.graph(scope, options(namespace))
  const change = (): void => {
    inventory.setState('pods', 'east', { state: 'syncing' })
    inventory.put('namespaces', {
      cluster: 'east',
      namespace: '',
      name: `n${state.nowMs}`,
      uid: '',
      resourceVersion: '',
      createdAt: '',
      labels: {},
      annotations: {},
      hasLabels: false,
      hasAnnotations: false,
    })
  }
  return { state, graph, change }
}

describe('the graph cache', () => {
  it('gives the same object while nothing changed', async () => {
    const { graph, state } = scene()
    const first = await graph()
    state.nowMs += 3_600_000
    expect(await graph()).toBe(first)
  })

  it('builds once for all who ask at the same time', async () => {
    const { graph, state } = scene()
    await Promise.all([graph(), graph(), graph()])
    expect(state.built).toBe(1)
  })

  it('builds anew after a change, when the last building has paid for itself', async () => {
    const { change, graph, state } = scene(10)
    await graph()
    change()
    state.nowMs += 39
    await graph()
    expect(state.built).toBe(1)
    state.nowMs += 1
    await graph()
    expect(state.built).toBe(2)
  })

  it('builds anew at once when there is new traffic', async () => {
    const { graph, state } = scene()
    await graph()
    state.asOf++
    await graph()
    expect(state.built).toBe(2)
  })

  it('never gives one scope the graph of another', async () => {
    const { graph, state } = scene()
    await graph()
    await graph('shop', { ...anonymousViewer.scope, key: 'somebody else' })
    expect(state.built).toBe(2)
  })

  it('does not keep a failure', async () => {
    const { graph, state } = scene()
    state.fails = true
    await expect(graph()).rejects.toThrow('Prometheus is away')
    state.fails = false
    expect((await graph()).json.toString()).toBe('{}')
  })

  it('forgets the least recently used when there are too many', async () => {
    const { graph, state } = scene(10, 5)
    await graph('a')
    await graph('b')
    await graph('a')
    await graph('c')
    await graph('a')
    expect(state.built).toBe(3)
    await graph('b')
    expect(state.built).toBe(4)
  })
})
