import { describe, expect, it } from 'vitest'
import { createInventory } from '../inventory/live.ts'
import { watchProxies } from './proxies.ts'
import { parseSyncz } from './syncz.ts'

const proxy = (fields: Record<string, string>) => ({ cluster_id: 'east', proxy: 'web-1.shop', ...fields })
const inStep = {
  cluster_sent: 'a',
  cluster_acked: 'a',
  endpoint_sent: 'b',
  endpoint_acked: 'b',
  listener_sent: 'c',
  listener_acked: 'c',
  route_sent: 'd',
  route_acked: 'd',
}

describe('what istiod says of a proxy', () => {
  it.each([
    ['in step', inStep, { CDS: 'Synced', EDS: 'Synced', LDS: 'Synced', RDS: 'Synced' }],
    ['never sent', { ...inStep, route_sent: '' }, { RDS: 'NOT_SENT' }],
    ['never sent to a waypoint', { ...inStep, route_sent: '', proxy_type: 'waypoint' }, { RDS: 'IGNORED' }],
    ['never acknowledged', { ...inStep, listener_acked: '' }, { LDS: 'Stale (Never Acknowledged)' }],
    ['acknowledged an older one', { ...inStep, endpoint_acked: 'x' }, { EDS: 'Stale' }],
  ])('%s', (_what, fields, expected) => {
    expect(parseSyncz([proxy(fields)])[0]).toMatchObject({
      cluster: 'east',
      namespace: 'shop',
      pod: 'web-1',
      status: expected,
    })
  })

  it.each([
    ['a pod whose name has dots', 'web.v1.shop', ['web.v1', 'shop']],
    ['an ordinary pod', 'web-1.shop', ['web-1', 'shop']],
  ])('names %s', (_what, name, expected) => {
    const [found] = parseSyncz([proxy({ proxy: name })])
    expect([found?.pod, found?.namespace]).toEqual(expected)
  })

  it.each([['nothing'], [null], [{}], [[1, null, {}, { proxy: 'a.b' }]]])('is nothing in %j', (answer) => {
    expect(parseSyncz(answer)).toEqual([])
  })
})

const meta = (name: string, namespace: string, labels: Record<string, string>) => ({
  cluster: 'east',
  namespace,
  name,
  uid: '',
  resourceVersion: '',
  createdAt: '',
  labels,
  annotations: {},
  hasLabels: true,
  hasAnnotations: false,
})

/** A mesh with one istiod of one pod, and a clock in the test's hand. */
function scene() {
  const inventory = createInventory()
  inventory.setState('namespaces', 'east', { state: 'live', asOf: 0 })
  inventory.put('namespaces', meta('istio-system', '', {}))
  inventory.put('deployments.apps', {
    ...meta('istiod', 'istio-system', { app: 'istiod', 'istio.io/rev': 'default' }),
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    owners: [],
    selector: {},
    template: {
      labels: {},
      annotations: {},
      hasLabels: true,
      hasAnnotations: false,
      serviceAccount: '',
      containers: [{ name: 'discovery', image: 'pilot:1', env: { CLUSTER_ID: 'east' }, args: [] }],
    },
    desiredReplicas: 1,
    currentReplicas: 1,
    availableReplicas: 1,
    readyReplicas: 1,
  })
  const pod = {
    ...meta('istiod-1', 'istio-system', { app: 'istiod', 'istio.io/rev': 'default' }),
    owners: [],
    containers: [],
    initContainers: [],
    serviceAccount: '',
    nodeName: '',
    hostNetwork: false,
    phase: 'Running',
    message: '',
    reason: '',
    podIP: '',
    ready: true,
  }
  inventory.put('pods', pod)
  const state = { nowMs: 0, answer: (): unknown => [proxy(inStep)], asked: 0 }
  const timers: (() => void)[] = []
  const watch = watchProxies({
    inventory,
    clock: () => state.nowMs,
    log: () => {},
    later: (callback) => {
      timers.push(callback)
      return () => {}
    },
    ask: async () => {
      state.asked++
      return state.answer()
    },
  })
  /** The next look, `afterMs` later, and its answers. */
  const look = async (afterMs: number): Promise<void> => {
    state.nowMs += afterMs
    for (const callback of timers.splice(0)) callback()
    await new Promise(setImmediate)
  }
  const status = () => watch.proxyStatus({ cluster: 'east', namespace: 'shop' }, 'web-1')?.CDS
  const answers = () => watch.answers({ cluster: 'east', namespace: 'istio-system' }, 'default')
  return { inventory, watch, state, look, status, answers, pod }
}

describe('the watch of proxies', () => {
  it('asks every istiod at once, then every 20 s', async () => {
    const { look, state, watch } = scene()
    await look(0)
    expect([state.asked, watch.settled()]).toEqual([1, true])
    await look(19_999)
    expect(state.asked).toBe(1)
    await look(1)
    expect(state.asked).toBe(2)
  })

  it('grows its version only when an answer differs', async () => {
    const { look, state, watch } = scene()
    await look(0)
    const first = watch.version
    await look(20_000)
    expect(watch.version).toBe(first)
    state.answer = () => [proxy({ ...inStep, cluster_acked: 'x' })]
    await look(20_000)
    expect(watch.version).toBe(first + 1)
  })

  it('keeps what an istiod said last, and says that it is silent', async () => {
    const { answers, look, state, status } = scene()
    await look(0)
    expect([status(), answers()]).toEqual(['Synced', true])
    state.answer = () => {
      throw new Error('refused')
    }
    await look(20_000)
    expect([status(), answers()]).toEqual(['Synced', false])
  })

  it('forgets the proxies of an istiod that is gone', async () => {
    const { inventory, look, pod, status, answers } = scene()
    await look(0)
    inventory.remove('pods', pod, pod.name)
    await look(500)
    expect([status(), answers()]).toEqual([undefined, undefined])
  })
})
