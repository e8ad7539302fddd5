import { describe, expect, it } from 'vitest'
import { demoScenario } from './demo/demo.ts'
import { podLogs } from './logs.ts'
import { topologyOf } from './topology.ts'

const topology = topologyOf(demoScenario())
const podOf = (cluster: string, workload: string, index = 0) => {
  const w = topology.workloads.find((one) => one.cluster === cluster && one.name === workload)
  return { namespace: w?.namespace ?? '', pod: (w && topology.pods(w)[index]?.name) ?? '' }
}

describe('logs of simulated pods', () => {
  let nowMs = Date.UTC(2026, 2, 1, 12)
  const timers: (() => void)[] = []
  const logs = podLogs(
    topology,
    () => nowMs,
    (_ms, then) => {
      timers.push(then)
      return () => timers.splice(timers.indexOf(then), 1)
    },
  )

  it('show about an eighth of payment in west answering 503', () => {
    const lines = logs('west')({ ...podOf('west', 'payment-v1'), container: 'app' })?.lines ?? []
    const failed = lines.filter((line) => line.text.includes('answered 503')).length
    expect(failed / lines.length).toBeGreaterThan(0.06)
    expect(failed / lines.length).toBeLessThan(0.2)
  })

  it('are access logs in the proxy', () => {
    const lines = logs('east')({ ...podOf('east', 'cart-v1'), container: 'istio-proxy' })?.lines ?? []
    expect(lines.at(-1)?.text).toMatch(/^\[2026-03-01T12:00:00\.000Z\] "GET \/cart\/\d+ HTTP\/2" 200 - via_upstream/)
  })

  it('say why recommend crashes', () => {
    const lines = logs('east')({ ...podOf('east', 'recommend-v3', 2), container: 'app' })?.lines ?? []
    expect(lines.some((line) => line.text.includes('FATAL'))).toBe(true)
  })

  it('go on while somebody follows', () => {
    const seen: number[] = []
    const stop = logs('east')({ ...podOf('east', 'cart-v1'), container: 'app' })?.follow?.((line) =>
      seen.push(line.atMs),
    )
    nowMs += 4000
    timers[0]?.()
    expect(seen).toEqual([nowMs - 2000, nowMs])
    stop?.()
    expect(timers).toEqual([])
  })

  it('do not exist for pods that do not', () => {
    expect(logs('east')({ namespace: 'shop', pod: 'nobody', container: 'app' })).toBeUndefined()
  })
})
