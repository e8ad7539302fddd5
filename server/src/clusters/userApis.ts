/**
 * One cluster's API for people: as themselves, with nothing of the console's credential, or as the console's account
 * acting as them. Clients are light: all people share the connections, of which there are two kinds. On those for
 * people's own tokens no client certificate is ever shown: it would be who is asked, whatever token comes along.
 */
import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { ClusterAccess, Tls } from '../kube/access.ts'
import { createWire, type KubeApi, kubeApiOver, type Wire, type WireAccess } from '../kube/api.ts'
import { bearerOf } from '../kube/authorization.ts'
import type { ClusterCredential } from './credential.ts'
import { credentialKeys } from './credentialKey.ts'

export interface UserApis {
  /** Throws for the credential of another cluster, and for a token that is none. */
  apiAs(credential: ClusterCredential): KubeApi
  close(): Promise<void>
}

/** A server that takes the place of the API server for people's own tokens. `ca`: PEM, the only one that is trusted. */
export interface UsersServer {
  readonly server: string
  readonly ca: string
}

const keptAtMost = 2_000
/** Of one person at once: namespaces are decided one by one for who may not list them. */
const requestsOfOne = 20
/** Of all people together. */
const connectionsAtMost = 64

const keyOf = credentialKeys(randomBytes(32))

export function createUserApis(access: ClusterAccess, own: KubeApi, usersServer?: UsersServer): UserApis {
  const kept = new LRUCache<string, KubeApi>({ max: keptAtMost })
  let wire: Wire | undefined

  function made(credential: Exclude<ClusterCredential, { kind: 'console' }>): KubeApi {
    if (credential.kind === 'bearer') {
      const authorization = bearerOf(credential.token, credential.impersonate)
      wire ??= createWire(strippedOf(access, usersServer), undefined, connectionsAtMost)
      return kubeApiOver(wire, authorization, requestsOfOne)
    }
    if (own.actingAs === undefined) throw new Error('this account acts as nobody')
    return own.actingAs(credential.impersonate)
  }

  return {
    apiAs: (credential) => {
      if (credential.cluster !== access.cluster) throw new Error('a credential is of no use in another cluster')
      if (credential.kind === 'console') return own
      const key = keyOf(credential)
      const known = kept.get(key)
      if (known !== undefined) return known
      const api = made(credential)
      kept.set(key, api)
      return api
    },
    close: async () => {
      kept.clear()
      await wire?.agent.destroy()
    },
  }
}

/** What is named here is all that is taken over: whatever else a credential will ever consist of stays behind. */
function strippedOf(
  { cluster, server, tls, proxy, guard }: ClusterAccess,
  instead: UsersServer | undefined,
): WireAccess {
  if (instead !== undefined)
    return { cluster, server: instead.server, tls: { ca: instead.ca, insecureSkipVerify: false } }
  const bare: Tls = {
    insecureSkipVerify: tls.insecureSkipVerify,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
  }
  return {
    cluster,
    server,
    tls: bare,
    ...(proxy === undefined ? {} : { proxy }),
    ...(guard === undefined ? {} : { guard }),
  }
}
