import { describe, expect, it } from 'vitest'
import type { ClusterSpec } from '../kube/spec.ts'
import { createDiagnoses } from './diagnoses.ts'

/** Of a cluster that cannot be tried: its diagnosis needs no network. */
function bed() {
  let now = 1_000_000
  let specs = new Map<string, ClusterSpec>()
  const declare = (...entries: [name: string, why: string][]) => {
    specs = new Map(
      entries.map(([name, message]) => [name, { name, server: '', problem: { code: 'BIN-CLUSTER-CONFIG', message } }]),
    )
  }
  const diagnoses = createDiagnoses(
    (cluster) => {
      const spec = specs.get(cluster)
      return spec && { spec, clusters: [...specs.keys()], edit: false, rootNamespace: 'istio-system' }
    },
    { clock: () => now, timers: { after: () => () => {} } },
  )
  return {
    declare,
    of: (cluster: string, fresh = false) => diagnoses.of(cluster, fresh),
    pass: (ms: number) => {
      now += ms
    },
  }
}

describe('diagnoses', () => {
  it('are made once for all who ask at the same moment, fresh or not', async () => {
    const { declare, of } = bed()
    declare(['west', 'broken'])
    const first = of('west')
    expect(of('west', true)).toBe(first)
    expect(await first).toMatchObject({ cluster: 'west', state: 'failed' })
  })

  it('are kept for a few seconds, unless a fresh one is asked for', async () => {
    const { declare, of, pass } = bed()
    declare(['west', 'broken'])
    const first = of('west')
    await first
    pass(14_000)
    expect(of('west')).toBe(first)
    expect(of('west', true)).not.toBe(first)
  })

  it('are made anew after that', async () => {
    const { declare, of, pass } = bed()
    declare(['west', 'broken'])
    const first = of('west')
    await first
    pass(16_000)
    expect(of('west')).not.toBe(first)
  })

  it('are made anew when the cluster is declared otherwise', async () => {
    const { declare, of } = bed()
    declare(['west', 'broken'])
    await of('west')
    declare(['west', 'broken in another way'])
    const { steps } = (await of('west')) ?? { steps: [] }
    expect(steps[0]?.cause).toBe('broken in another way')
  })

  it('there are none of a cluster that is gone', async () => {
    const { declare, of } = bed()
    declare(['west', 'broken'])
    await of('west')
    declare()
    expect(of('west')).toBeUndefined()
  })

  it('have every step in order, skipped ones with the reason', async () => {
    const { declare, of } = bed()
    declare(['west', 'broken'])
    const { steps } = (await of('west')) ?? { steps: [] }
    expect(steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'configuration failed',
      'dns skipped',
      'tcp skipped',
      'tls skipped',
      'authentication skipped',
      'rights skipped',
      'apiGroups skipped',
      'istiod skipped',
      'names skipped',
      'labels skipped',
      'clock skipped',
      'certificates skipped',
      'telemetry skipped',
    ])
  })
})
