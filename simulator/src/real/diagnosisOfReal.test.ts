/** The diagnosis of a real kube-apiserver: what it answers there is not our own idea of Kubernetes. */
import type { Diagnosis } from '@binocle/api/diagnosis'
import { diagnose } from '@binocle/server/diagnosis/diagnose'
import { realTimers, type Timers } from '@binocle/server/kube/surroundings'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RealKube, startRealKube } from './kube.ts'

const assets = process.env.KUBEBUILDER_ASSETS

describe.skipIf(assets === undefined)('a real kube-apiserver (skipped unless KUBEBUILDER_ASSETS is set)', () => {
  let kube: RealKube
  beforeAll(async () => {
    kube = await startRealKube(assets ?? '')
  })
  afterAll(() => kube.close())

  const diagnosed = (token: string, timers: Timers = realTimers): Promise<Diagnosis> => {
    const tls = { ca: kube.ca, insecureSkipVerify: false }
    const access = { cluster: 'east', server: kube.server, tls, credential: { kind: 'token' as const, token } }
    const spec = { name: 'east', access }
    return diagnose(
      { spec, clusters: ['east'], edit: true, rootNamespace: 'istio-system' },
      { clock: Date.now, timers },
    )
  }
  const named = ({ steps }: Diagnosis, state: string): string[] =>
    steps.filter((each) => each.state === state).map(({ name }) => name)

  it('without Istio lacks just that', async () => {
    const diagnosis = await diagnosed(kube.token)
    expect(named(diagnosis, 'failed')).toEqual([])
    expect(named(diagnosis, 'warning')).toEqual(['apiGroups', 'istiod'])
    expect(diagnosis.identity).toBe('admin')
    expect(diagnosis.rights.flatMap(({ denied, unknown }) => [...denied, ...unknown])).toEqual([])
    expect(diagnosis.rights.find(({ group }) => group === 'networking.istio.io')?.notServed).toBe(true)
  })

  it('denies a stranger every right, and says so where something is looked for', async () => {
    const diagnosis = await diagnosed(kube.strangersToken)
    expect(named(diagnosis, 'failed')).toEqual(['rights', 'istiod', 'labels'])
    expect(diagnosis.identity).toBe('stranger')
    expect(diagnosis.rights.flatMap(({ allowed }) => allowed)).toEqual([])
  })

  it('rejects a token that it does not know', async () => {
    const diagnosis = await diagnosed('nobody-knows-this-token')
    expect(named(diagnosis, 'failed')).toEqual(['authentication'])
  })

  it('that is frozen takes connections and says nothing', async () => {
    const hurried: Timers = { after: (delayMs, then) => realTimers.after(delayMs / 4, then) }
    kube.freeze()
    const diagnosis = await diagnosed(kube.token, hurried)
    kube.thaw()
    expect(named(diagnosis, 'failed')).toEqual(['tls'])
  })
})
