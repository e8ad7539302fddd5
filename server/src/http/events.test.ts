import type { ClusterStatus } from '@binocle/api/multicluster'
import { describe, expect, it } from 'vitest'
import type { Scope, Viewer } from '../access/scope.ts'
import type { Cluster } from '../clusters/clusters.ts'
import { loadConfig } from '../config/load.ts'
import { createInventory } from '../inventory/live.ts'
import type { Mesh } from '../model.ts'
import { openEvents } from './events.ts'

const eastOnly: Scope = {
  key: 'east',
  seesCluster: (cluster) => (cluster === 'east' ? 'yes' : 'no'),
  sees: ({ cluster }) => (cluster === 'east' ? 'yes' : 'no'),
}

const chip = (name: string): ClusterStatus => ({
  name,
  home: false,
  state: 'reachable',
  since: 0,
  controlPlanes: [],
  namespaces: 0,
  workloads: 0,
})

const clusterOf = (name: string): Cluster => ({
  name,
  home: false,
  accessible: true,
  apiEndpoint: '',
  secretName: '',
  state: 'reachable',
  since: 0,
})

/** A stream on a mesh whose clock and changes are in the test's hand. */
function stream(accepts = () => true) {
  const inventory = createInventory()
  const timers: { callback: () => void; delayMs: number }[] = []
  const clusterListeners = new Set<(cluster: Cluster) => void>()
  const trafficListeners = new Set<() => void>()
  const mesh: Mesh = {
    config: loadConfig().config,
    inventory,
    clock: () => 0,
    clusters: {
      list: () => [],
      get: () => undefined,
      retry: () => {},
      onChange: (listener) => {
        clusterListeners.add(listener)
        return () => clusterListeners.delete(listener)
      },
    },
    traffic: {
      snapshot: async () => ({ state: 'unknown', cause: { code: 'x', message: '' } }),
      current: () => ({ state: 'unknown', cause: { code: 'x', message: '' } }),
      now: () => 600,
      onRefresh: (listener) => {
        trafficListeners.add(listener)
        return () => trafficListeners.delete(listener)
      },
    },
  }
  const written: string[] = []
  const state = { closed: false }
  const sink = {
    write: (text: string) => {
      written.push(text)
      return accepts()
    },
    close: () => {
      state.closed = true
    },
  }
  const later = (callback: () => void, delayMs: number) => {
    const timer = { callback, delayMs }
    timers.push(timer)
    return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0)
  }
  const rights: { viewer: Viewer | Error } = { viewer: { name: '', scope: eastOnly } }
  const again = async () => {
    if (rights.viewer instanceof Error) throw rights.viewer
    return rights.viewer
  }
  const stop = openEvents(mesh, { name: '', scope: eastOnly }, sink, {
    later,
    again,
    statusOf: (_scope, name) => chip(name),
  })
  const listening = () => clusterListeners.size + trafficListeners.size
  return { inventory, timers, clusterListeners, trafficListeners, written, stop, listening, state, rights }
}

const namespaceIn = (cluster: string, name: string) => ({
  cluster,
  namespace: '',
  name,
  uid: '',
  resourceVersion: '',
  createdAt: '',
  labels: {},
  annotations: {},
  hasLabels: false,
  hasAnnotations: false,
})

const service = (cluster: string, namespace: string) => ({
  ...namespaceIn(cluster, 'web'),
  namespace,
  type: 'ClusterIP',
  clusterIP: '',
  clusterIPs: [],
  ipFamilies: [],
  externalName: '',
  selector: {},
  hasSelector: false,
  ports: [],
  loadBalancer: [],
})

/** What was decided has been heard of. */
const settled = () => new Promise(setImmediate)

/** The events among what was written, without hello and heartbeats. */
const events = (written: readonly string[]): unknown[] =>
  written
    .filter((text) => text.startsWith('event: ') && !text.startsWith('event: hello'))
    .map((text): unknown => JSON.parse(text.slice(text.indexOf('data: ') + 6)))

const fire = (timers: { callback: () => void; delayMs: number }[], delayMs: number): void => {
  const due = timers.filter((timer) => timer.delayMs === delayMs)
  for (const timer of due) timers.splice(timers.indexOf(timer), 1)
  for (const { callback } of due) callback()
}

describe('the event stream', () => {
  it('greets with the generation it speaks of', () => {
    expect(stream().written[0]).toBe('event: hello\ndata: {"type":"hello","generation":0}\n\n')
  })

  it('tells many changes as one event, a second later', () => {
    const { inventory, timers, written } = stream()
    for (const name of ['b', 'a', 'c']) inventory.put('namespaces', namespaceIn('east', name))
    inventory.put('services', { ...service('east', 'shop') })
    expect(events(written)).toEqual([])
    fire(timers, 1000)
    expect(events(written)).toEqual([
      { type: 'inventory', generation: 1, changed: [{ cluster: 'east', namespaces: ['', 'shop'] }] },
    ])
  })

  it('says nothing of clusters that the viewer may not see', () => {
    const { clusterListeners, inventory, timers, written } = stream()
    inventory.put('namespaces', namespaceIn('west', 'a'))
    for (const tell of clusterListeners) tell(clusterOf('west'))
    fire(timers, 1000)
    expect(events(written)).toEqual([])
  })

  it('tells of the state of a cluster and of new traffic at once', () => {
    const { clusterListeners, trafficListeners, written } = stream()
    for (const tell of clusterListeners) tell(clusterOf('east'))
    for (const tell of trafficListeners) tell()
    expect(events(written)).toEqual([
      { type: 'cluster', cluster: chip('east') },
      { type: 'traffic', timestamp: 600 },
    ])
  })

  it('beats, so that a broken connection is noticed', () => {
    const { timers, written } = stream()
    fire(timers, 15_000)
    expect(written.filter((text) => text === ': beat\n\n')).toHaveLength(2)
  })

  it('ends after its time, so that rights are asked anew', () => {
    const { state, timers } = stream()
    fire(timers, 600_000)
    expect(state.closed).toBe(true)
  })

  it('numbers what it tells, whatever happens elsewhere', () => {
    const { inventory, timers, written } = stream()
    inventory.put('namespaces', namespaceIn('west', 'a'))
    inventory.put('namespaces', namespaceIn('east', 'b'))
    fire(timers, 1000)
    expect(events(written)).toMatchObject([{ generation: 1 }])
  })

  it('stops telling of a namespace two seconds after it is known that the right to it was taken away', async () => {
    const { inventory, rights, timers, written } = stream()
    rights.viewer = {
      name: '',
      scope: { ...eastOnly, key: 'less', sees: ({ namespace }) => (namespace === 'shop' ? 'no' : 'yes') },
    }
    fire(timers, 2_000)
    await settled()
    inventory.put('services', service('east', 'shop'))
    fire(timers, 1000)
    expect(events(written)).toEqual([{ type: 'inventory', generation: 1, changed: [] }])
  })

  it('tells of a namespace two seconds after it is known that the right to it was given', async () => {
    const { inventory, rights, timers, written } = stream()
    rights.viewer = { name: '', scope: { key: 'more', seesCluster: () => 'yes', sees: () => 'yes' } }
    fire(timers, 2_000)
    await settled()
    inventory.put('services', service('west', 'shop'))
    fire(timers, 1000)
    expect(events(written).at(-1)).toMatchObject({ changed: [{ cluster: 'west', namespaces: ['shop'] }] })
  })

  it('decides again and again', async () => {
    const { timers } = stream()
    for (let i = 0; i < 3; i++) {
      fire(timers, 2_000)
      await settled()
    }
    expect(timers.filter(({ delayMs }) => delayMs === 2_000)).toHaveLength(1)
  })

  it('ends when the login is over', async () => {
    const { listening, rights, state, timers } = stream()
    rights.viewer = new Error('the session has ended')
    fire(timers, 2_000)
    await settled()
    expect([state.closed, listening(), timers.length]).toEqual([true, 0, 0])
  })

  it('leaves nothing behind when it stops', () => {
    const { listening, stop, timers } = stream()
    stop()
    expect([listening(), timers.length]).toEqual([0, 0])
  })

  it('stops by itself when the client does not keep up', () => {
    let open = true
    const { listening, trafficListeners } = stream(() => open)
    open = false
    for (const tell of [...trafficListeners]) tell()
    expect(listening()).toBe(0)
  })
})
