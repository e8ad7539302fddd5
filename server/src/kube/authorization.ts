/** The headers that say who we are. Tokens in files are read anew when the file changes: projected tokens rotate. */
import { readFile, stat } from 'node:fs/promises'
import type { ClusterAccess, ExecCredential } from './access.ts'
import { type PluginToken, runPlugin } from './execCredential.ts'
import { KubeFailure } from './failure.ts'

export interface Authorization {
  headers(): Promise<Record<string, string | string[]>>
  /** Forgets what was read from files; true when there is a chance that the next try differs. */
  reload(): boolean
}

export function authorizationOf(access: ClusterAccess, clock: () => number = Date.now): Authorization {
  const who = impersonation(access)
  const { credential } = access
  switch (credential.kind) {
    case 'none':
      return constant(who)
    case 'token':
      return constant({ ...who, authorization: `Bearer ${credential.token}` })
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

type Headers = Record<string, string | string[]>

function impersonation({ impersonate }: ClusterAccess): Headers {
  if (impersonate === undefined) return {}
  return {
    ...(impersonate.user === '' ? {} : { 'impersonate-user': impersonate.user }),
    ...(impersonate.groups.length === 0 ? {} : { 'impersonate-group': [...impersonate.groups] }),
  }
}

const constant = (headers: Headers): Authorization => ({
  headers: () => Promise.resolve(headers),
  reload: () => false,
})

function fromFile(access: ClusterAccess, file: string, who: Headers): Authorization {
  let read: { stamp: string; token: string } | undefined
  return {
    headers: async () => {
      try {
        const { mtimeMs, ino, size } = await stat(file)
        const stamp = `${mtimeMs} ${ino} ${size}`
        if (read?.stamp !== stamp) read = { stamp, token: (await readFile(file, 'utf8')).trim() }
      } catch (error) {
        throw new KubeFailure('config', access.cluster, `the token file of ${access.cluster} cannot be read`, 0, error)
      }
      return { ...who, authorization: `Bearer ${read.token}` }
    },
    reload: () => {
      read = undefined
      return true
    },
  }
}

/** The program runs once for all who wait, and again when its token is about to expire or was rejected. */
function fromPlugin(access: ClusterAccess, plugin: ExecCredential, who: Headers, clock: () => number): Authorization {
  let token: Promise<PluginToken> | undefined
  let ranAt = 0
  const usable = async (held: Promise<PluginToken>): Promise<boolean> => {
    const { expiresAt } = await held
    return expiresAt === undefined || clock() < expiresAt - 10_000
  }
  return {
    headers: async () => {
      try {
        if (token !== undefined && !(await usable(token))) token = undefined
        if (token === undefined) {
          ranAt = clock()
          token = runPlugin(plugin, access.cluster)
        }
        return { ...who, authorization: `Bearer ${(await token).token}` }
      } catch (error) {
        token = undefined
        throw error
      }
    },
    reload: () => {
      // All watches of a cluster are rejected at once: one run of the program serves them.
      if (clock() - ranAt < 10_000) return false
      token = undefined
      return true
    },
  }
}
