/** People of a simulated mesh: who they are, how they prove it, and the provider where they log in. */
import { randomBytes } from 'node:crypto'
import { peopleOf, rightsIn } from '@binocle/simulator/oidc/people'
import { type SimulatedOidc, startOidcProvider } from '@binocle/simulator/oidc/provider'
import type { KubernetesJson, Scenario } from '@binocle/simulator/scenario'
import type { MeshOptions } from '@binocle/simulator/start'

export interface PersonAddress {
  readonly name: string
  /** In words. */
  readonly rights: string
  /** For Kubernetes: every cluster takes it, and lets each do what they may there. */
  readonly token: string
}

export interface SimulatedPeople {
  readonly people: readonly PersonAddress[]
  /** To be given to the mesh that they are people of. */
  readonly options: Pick<MeshOptions, 'extraObjects' | 'identities' | 'oidc' | 'openShift'>
  readonly oidc: SimulatedOidc | undefined
  close(): Promise<void>
}

/** Where people are sent back to, by an identity provider or by each cluster's OpenShift; absent: there is none. */
export interface SendBack {
  readonly console?: string | undefined
  readonly openshift?: string | undefined
}

export async function simulatePeople(scenario: Scenario, { console, openshift }: SendBack): Promise<SimulatedPeople> {
  const clusters = scenario.clusters.map(({ name }) => name)
  const known = peopleOf(clusters, namespaceOf(scenario, clusters.at(-1) ?? ''))
  const people = known.map(({ name, rights }) => ({
    name,
    rights,
    token: `${name}-${randomBytes(12).toString('hex')}`,
  }))
  const oidc =
    console === undefined
      ? undefined
      : await startOidcProvider({ people, consoles: [console], plainHttp: true, host: 'localhost' })
  return {
    people,
    options: {
      extraObjects: (cluster) => [
        ...rightsIn(cluster, known),
        ...(openshift === undefined ? [] : [oauthClient(openshift, cluster, clusters[0])]),
      ],
      identities: people.map(({ name, token }) => ({ token, user: name, groups: [] })),
      ...(oidc === undefined ? {} : { oidc }),
      ...(openshift === undefined
        ? {}
        : { openShift: { people: known.map(({ name }) => ({ name, groups: [] })), plainHttp: true } }),
    },
    oidc,
    close: async () => await oidc?.close(),
  }
}

/** As whom the console is known to the OAuth server of a cluster. */
const oauthClient = (console: string, cluster: string, home: string | undefined): KubernetesJson => ({
  apiVersion: 'oauth.openshift.io/v1',
  kind: 'OAuthClient',
  metadata: { name: 'kiali-istio-system' },
  grantMethod: 'auto',
  redirectURIs: [`${console}/api/auth/callback${cluster === home ? '' : `/${encodeURIComponent(cluster)}`}`],
})

/** One with an application in it. */
function namespaceOf({ namespaces, services }: Scenario, cluster: string): string {
  const ours = namespaces.filter((each) => each.cluster === cluster).map(({ name }) => name)
  const busy = ours.filter((name) => !name.startsWith('istio-') && services.some(({ namespace }) => namespace === name))
  return busy.find((name) => name === 'shop') ?? busy[0] ?? ours[0] ?? 'default'
}
