/**
 * Who asks, and what they may see and change: keys, sessions, the one strategy and the decisions of the clusters, put
 * together. The part of the composition root (`main.ts`) that knows people.
 */
import type { ClusterName } from '@binocle/api/identity'
import { createAccess } from './access/access.ts'
import type { SendChange } from './access/change.ts'
import type { Viewer } from './access/scope.ts'
import type { Audit } from './audit.ts'
import type { Strategy } from './auth/auth.ts'
import { forgettingLines } from './auth/forgetting.ts'
import { createKeyRing } from './auth/keyRing.ts'
import { createSessions } from './auth/sessions.ts'
import { createSigningKeys } from './auth/signingKeys.ts'
import { createStrategy } from './auth/strategies.ts'
import { askAs } from './clusters/askAs.ts'
import { changeAs } from './clusters/changeAs.ts'
import type { CredentialKey } from './clusters/credentialKey.ts'
import type { ClusterConnections } from './clusters/start.ts'
import type { External } from './http/external.ts'
import type { Incoming } from './http/incoming.ts'
import { createRights, type Rights } from './istioconfig/rights.ts'
import { mayDo } from './kube/accessReview.ts'
import type { Surroundings } from './kube/surroundings.ts'
import { consoleNamespaces } from './mesh/consoleNamespaces.ts'
import type { Clock, Mesh } from './model.ts'
import type { Outbound } from './outbound/outbound.ts'

export interface People {
  readonly strategy: Strategy
  /** Throws to refuse. */
  viewerOf(incoming: Incoming): Promise<Viewer>
  /** `Set-Cookie` lines that end every session a browser may hold, for answers that cannot read its cookies. */
  forget(): readonly string[]
}

export interface PeopleParts {
  readonly mesh: Mesh
  readonly clusters: ClusterConnections
  readonly outbound: Outbound
  readonly external: External
  readonly audit: Audit
  readonly keyOf: CredentialKey
  readonly surroundings: Surroundings
  readonly later: (callback: () => void, delayMs: number) => () => void
  /** Hears how to end each thing that was started. */
  readonly started: (close: () => unknown) => void
}

/** Throws what is wrong with keys, secrets or the provider that the configuration names. */
export async function startPeople(parts: PeopleParts): Promise<People> {
  const { audit, clusters, external, keyOf, later, mesh, outbound, started, surroundings } = parts
  const { clock, config } = mesh
  const { credentials } = outbound
  const { log } = surroundings
  const keys = createKeyRing(createSigningKeys({ auth: config.auth, credentials, clock, log }))
  const access = createAccess({
    clusters,
    namespaces: consoleNamespaces(mesh),
    ask: askAs(clusters),
    rules: {
      ttlMs: config.access?.ttlMs ?? 10_000,
      clusterWide: config.deployment.clusterWideAccess,
      requireNamespaceGet: config.access?.requireNamespaceGet ?? false,
    },
    clock,
    later,
  })
  started(access.close)
  const sessions = createSessions({
    auth: config.auth,
    keys,
    clock,
    home: () => homeOf(clusters) ?? '',
    clusters: () => clusters.list().map(({ name }) => name),
    webRoot: config.server.webRoot,
    isSecure: external.isSecure,
    maxHeaderBytes: config.server.maxHeaderBytes ?? 65_536,
  })
  const strategy = await createStrategy({
    config,
    sessions,
    clusters,
    access,
    external,
    audit,
    keyOf,
    credentials,
    cas: outbound.cas,
    surroundings,
    clock,
    log,
  })
  started(() => strategy.close?.())
  return {
    strategy,
    viewerOf: async (incoming) => access.viewerOf(await strategy.loginOf(incoming)),
    forget: () => forgotten(mesh, clusters, external),
  }
}

/** For routes that need no login: sees nothing. */
export const nobody: Viewer = { name: '', scope: { key: 'nobody', seesCluster: () => 'no', sees: () => 'no' } }

/** How long an API server may take to say what may be written. */
const reviewTimeoutMs = 3_000

/** What may be written, asked as the person who would write it. */
export const rightsOf = (clusters: ClusterConnections, keyOf: CredentialKey, clock: Clock): Rights =>
  createRights({
    nowMs: clock,
    keyOf,
    answers: (cluster) => ['reachable', 'degraded'].includes(clusters.get(cluster)?.state ?? ''),
    mayDo: (credential, { cluster: _, ...question }, verb) => {
      const api = clusters.apiAs(credential)
      return api === undefined ? Promise.resolve(false) : mayDo(api, { ...question, verb }, reviewTimeoutMs)
    },
  })

/** What somebody changes, a cluster is told by that person. */
export function changesOf(clusters: ClusterConnections): SendChange {
  const send = changeAs(clusters)
  return (login, change) => send(login?.on(change.cluster), change)
}

const homeOf = (clusters: ClusterConnections): ClusterName | undefined => clusters.list().find(({ home }) => home)?.name

/** With OpenShift and with tokens there are sessions of more clusters than home. */
function forgotten({ config }: Mesh, clusters: ClusterConnections, external: External): readonly string[] {
  const { auth, server } = config
  if (auth.strategy === 'anonymous') return []
  const home = homeOf(clusters)
  const ofAll = auth.strategy === 'openshift' || auth.strategy === 'token'
  const names = ofAll ? clusters.list().map(({ name }) => name) : home === undefined ? [] : [home]
  const secure = external.isSecure({ address: '', encrypted: false, headers: {}, rawHeaders: [] })
  return forgettingLines(names, {
    attributes: { secure, sameSite: 'Strict', path: server.webRoot === '' ? '/' : server.webRoot },
    maxChunks: auth.session.maxChunks,
    prefix: auth.session.cookiePrefix,
  })
}
