/** API servers for tests that hold for a simulated and for a real one alike. */
import { startApiServer } from '../kube/apiServer.ts'
import { startRealKube } from './kube.ts'

/** An API server that tests may break. */
export interface Bed {
  readonly url: string
  readonly caPem: string
  readonly token: string
  readonly strangersToken: string
  /** Whether kinds can be defined while it runs. */
  readonly definesKinds: boolean
  freeze(): unknown
  thaw(): unknown
  close(): Promise<void>
}

export async function simulatedBed(): Promise<Bed> {
  const server = await startApiServer({
    cluster: 'east',
    objects: ['default', 'kube-system'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    identities: [
      { token: 'admin-token', user: 'admin', groups: ['system:masters'] },
      { token: 'stranger-token', user: 'stranger', groups: [] },
    ],
  })
  return {
    url: server.url,
    caPem: server.caPem,
    token: 'admin-token',
    strangersToken: 'stranger-token',
    definesKinds: false,
    freeze: () => server.faults.set({ connection: 'frozen' }),
    thaw: () => server.faults.heal(),
    close: () => server.close(),
  }
}

export async function realBed(assets: string): Promise<Bed> {
  const kube = await startRealKube(assets)
  return { ...kube, url: kube.server, caPem: kube.ca, definesKinds: true }
}
