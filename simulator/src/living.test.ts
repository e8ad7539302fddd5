import { describe, expect, it } from 'vitest'
import { demoScenario } from './demo/demo.ts'
import { type ApiServer, startApiServer } from './kube/apiServer.ts'
import { listAt, numberAt } from './kube/json.ts'
import { live } from './living.ts'
import { objectsOf } from './objects/objects.ts'
import { topologyOf } from './topology.ts'

describe('a living mesh', () => {
  it('restarts one healthy container now and then, and the crashing ones again and again', async () => {
    const topology = topologyOf(demoScenario())
    const server = await startApiServer({
      cluster: 'east',
      objects: objectsOf(topology, 'east', { createdMs: 0, rootCertificate: 'PEM' }),
      identities: [],
    })
    const timers: (() => void)[] = []
    const stop = live(
      topology,
      new Map([['east', server]]),
      () => Date.UTC(2026, 0, 1),
      (_ms, then) => {
        timers.push(then)
        return () => timers.splice(timers.indexOf(then), 1)
      },
    )
    const before = restartsOf(server)
    for (let turn = 0; turn < 8; turn++) timers[0]?.()
    const healthy = restartsOf(server) - before
    expect(healthy).toBeGreaterThan(0)
    expect(healthy).toBeLessThanOrEqual(8)
    timers[1]?.()
    expect(restartsOf(server)).toBe(before + healthy + 2)
    stop()
    expect(timers).toEqual([])
    await server.close()
  })
})

function restartsOf({ store }: ApiServer): number {
  const topology = topologyOf(demoScenario())
  return topology.workloads
    .filter((w) => w.cluster === 'east')
    .flatMap((w) =>
      topology
        .pods(w)
        .map((pod) => store.read({ apiVersion: 'v1', kind: 'Pod', namespace: w.namespace, name: pod.name })),
    )
    .flatMap((pod) => listAt(pod, 'status', 'containerStatuses').map((status) => numberAt(status, 'restartCount')))
    .reduce((sum, count) => sum + count, 0)
}
