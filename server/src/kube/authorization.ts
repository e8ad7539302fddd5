/** The headers that say who we are. Tokens in files are read anew when the file changes: projected tokens rotate. */
import { readFile, stat } from 'node:fs/promises'
import type { ClusterAccess, ExecCredential, Impersonation } from './access.ts'
import { type PluginToken, runPlugin } from './execCredential.ts'
import { KubeFailure } from './failure.ts'
import { type TokenFacts, tokenFacts } from './jwt.ts'

export interface Authorization {
  headers(): Promise<Record<string, string | string[]>>
  /** Forgets what was read from files; true when there is a chance that the next try differs. */
  reload(): boolean
  /** What the token that was sent last says of itself. */
  facts?(): TokenFacts
}

export function authorizationOf(access: ClusterAccess, clock: () => number = Date.now): Authorization {
  const who = impersonation(access.impersonate)
  const { credential } = access
  switch (credential.kind) {
    case 'none':
      return constant(who)
    case 'token':
      return constant({ ...who, authorization: `Bearer ${credential.token}` }, credential.token)
    case 'basic': {
      const pair = Buffer.from(`${credential.username}:${credential.password}`).toString('base64')
      return constant({ ...who, authorization: `Basic ${pair}` })
    }
    case 'tokenFile':
      return fromFile(access, credential.file, who)
    case 'exec':
      return fromPlugin(access, credential, who, clock)
  }
}

/**
 * A person's own token, and nothing else. Throws for what is no token: without one an API server would take the request
 * for nobody's.
 */
export function bearerOf(token: string, impersonate?: Impersonation): Authorization {
  if (!/^[\x21-\x7e]+$/.test(token)) throw new Error('a request for a person needs a token')
  const headers = { ...impersonation(impersonate), authorization: `Bearer ${token}` }
  return { headers: () => Promise.resolve(headers), reload: () => false }
}

/** The account of `base`, acting as somebody else than `base` says. */
export function actingAs(base: Authorization, impersonate: Impersonation): Authorization {
  const who = impersonation(impersonate)
  if (who['impersonate-user'] === undefined) throw new Error('nobody is named to act as')
  return {
    headers: async () => {
      const own = Object.entries(await base.headers()).filter(([name]) => !name.startsWith('impersonate-'))
      return { ...Object.fromEntries(own), ...who }
    },
    reload: () => base.reload(),
  }
}

type Headers = Record<string, string | string[]>

function impersonation(impersonate: Impersonation | undefined): Headers {
  if (impersonate === undefined) return {}
  return {
    ...(impersonate.user === '' ? {} : { 'impersonate-user': impersonate.user }),
    ...(impersonate.groups.length === 0 ? {} : { 'impersonate-group': [...impersonate.groups] }),
    ...(impersonate.uid === undefined ? {} : { 'impersonate-uid': impersonate.uid }),
    ...Object.fromEntries(
      Object.entries(impersonate.extra ?? {}).map(([key, values]) => [
        `impersonate-extra-${encodeURIComponent(key.toLowerCase())}`,
        [...values],
      ]),
    ),
  }
}

const constant = (headers: Headers, token = ''): Authorization => ({
  headers: () => Promise.resolve(headers),
  reload: () => false,
  facts: () => tokenFacts(token),
})

function fromFile(access: ClusterAccess, file: string, who: Headers): Authorization {
  let read: { stamp: string; token: string } | undefined
  let sent = ''
  return {
    headers: async () => {
      try {
        const { mtimeMs, ino, size } = await stat(file)
        const stamp = `${mtimeMs} ${ino} ${size}`
        if (read?.stamp !== stamp) {
          const token = (await readFile(file, 'utf8')).trim()
          // Whoever writes it may not be through: until then the token before it counts.
          read = { stamp, token: token === '' ? (read?.token ?? '') : token }
        }
      } catch (error) {
        throw new KubeFailure('config', access.cluster, `the token file of ${access.cluster} cannot be read`, 0, error)
      }
      if (read.token === '') {
        throw new KubeFailure('config', access.cluster, `the token file of ${access.cluster} is empty`)
      }
      sent = read.token
      return { ...who, authorization: `Bearer ${sent}` }
    },
    reload: () => {
      read = undefined
      return true
    },
    facts: () => tokenFacts(sent),
  }
}

/** A program that failed is not run again for so long: forty watches of a cluster would start it forty times. */
const restMs = 10_000

/** The program runs once for all who wait, and again when its token is about to expire or was rejected. */
function fromPlugin(access: ClusterAccess, plugin: ExecCredential, who: Headers, clock: () => number): Authorization {
  let token: Promise<PluginToken> | undefined
  let ranAt = Number.NEGATIVE_INFINITY
  let sent = ''

  function run(): Promise<PluginToken> {
    ranAt = clock()
    const running = runPlugin(plugin, access)
    // Whoever waits hears of it; without anybody waiting it is nobody's affair.
    running.catch(() => {})
    return running
  }

  async function usable(): Promise<string> {
    const held = token
    const known = await held?.catch(() => undefined)
    const isOld = known?.expiresAt !== undefined && clock() >= known.expiresAt - restMs
    const mayRun = clock() - ranAt >= restMs
    if (held === token && (held === undefined || isOld || (known === undefined && mayRun))) token = run()
    const { token: printed } = await (token ?? run())
    return printed
  }

  return {
    headers: async () => {
      sent = await usable()
      return { ...who, authorization: `Bearer ${sent}` }
    },
    reload: () => {
      // All watches of a cluster are rejected at once: one run of the program serves them.
      if (clock() - ranAt < restMs) return false
      token = undefined
      return true
    },
    facts: () => tokenFacts(sent),
  }
}
