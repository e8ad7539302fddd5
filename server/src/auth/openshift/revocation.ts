/**
 * The end of a token at the cluster that issued it: its object is deleted, by the person who owns it, or where that
 * fails by the console's account (reference: auth.md 5.9, 6.5.5).
 */
import { createHash } from 'node:crypto'
import type { KubeApi } from '../../kube/api.ts'
import { type FailureReason, thrown } from '../../kube/failure.ts'

const prefix = 'sha256~'
const group = '/apis/oauth.openshift.io/v1'
const limits = { timeoutMs: 5_000, maxBytes: 1 << 20 }

/** Name of the object that stands for a token: a hash, so that who may read the object learns no token. */
export const tokenObjectName = (token: string): string =>
  prefix +
  createHash('sha256')
    .update(token.startsWith(prefix) ? token.slice(prefix.length) : token)
    .digest('base64url')

/** False: the token may still be good. A token that is not there is ended. Never rejects. */
export async function endToken(
  token: string,
  { person, console: own }: { readonly person: KubeApi | undefined; readonly console: KubeApi | undefined },
): Promise<boolean> {
  const name = encodeURIComponent(tokenObjectName(token))
  const byPerson = await deletion(person, `${group}/useroauthaccesstokens/${name}`)
  if (byPerson === 'done') return true
  const byConsole = await deletion(own, `${group}/oauthaccesstokens/${name}`)
  // Who is not let in with the token, or does not find it, has no token any more.
  return ['absent', 'done'].includes(byConsole) || ['absent', 'unauthorized'].includes(byPerson)
}

async function deletion(api: KubeApi | undefined, path: string): Promise<'done' | FailureReason> {
  if (api === undefined) return 'unreachable'
  try {
    await api.request('DELETE', path, undefined, limits)
    return 'done'
  } catch (error) {
    return thrown(api.cluster, `DELETE ${path}`, error).reason
  }
}
