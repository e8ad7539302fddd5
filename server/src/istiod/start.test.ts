import { describe, expect, it } from 'vitest'
import { fakeTime } from '../kube/testing.ts'
import { startIstiods } from './start.ts'
import { meshWithIstiods } from './testing.ts'

const at = { cluster: 'east', namespace: 'istio-system' }
const nobody = { api: () => undefined, get: () => undefined }

describe('istiods', () => {
  it('that are not to be asked are not, and each missing fact says why', async () => {
    const time = fakeTime()
    const { inventory } = meshWithIstiods('istiod-1')
    const istiods = startIstiods({ apiEnabled: false }, nobody, inventory, time)
    await time.advance(60_000)
    expect(Object.values(istiods.facts.facts(at, 'istiod-1') ?? {}).map((fact) => fact.state)).toEqual(
      Array(6).fill('unknown'),
    )
    expect(istiods.facts.facts(at, 'istiod-1')?.version).toMatchObject({ cause: { code: 'BIN-ISTIOD-DISABLED' } })
    expect([istiods.answers(at, 'default'), istiods.settled()]).toEqual([undefined, true])
  })

  it('of a cluster that we have no credential for are unreachable', async () => {
    const time = fakeTime()
    const { inventory } = meshWithIstiods('istiod-1')
    const istiods = startIstiods({}, nobody, inventory, time)
    await time.advance(1_000)
    expect(istiods.facts.facts(at, 'istiod-1')?.ready).toMatchObject({ cause: { code: 'BIN-CLUSTER-UNREACHABLE' } })
    expect(istiods.answers(at, 'default')).toBe(false)
    istiods.close()
  })
})
