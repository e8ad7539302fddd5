/** What the page asks the server about logging in. */
import type { AuthInfo } from '@binocle/api/auth'
import { isRecord, RequestFailure, reach, readBody, send } from './http.ts'
import { isAuthInfo } from './shapes.ts'

/** `serverNowMs`: by the clock of the server, to the second. */
export async function askLogin(): Promise<{ info: AuthInfo; serverNowMs?: number }> {
  const answer = await reach('api/auth/info')
  const info = await readBody('api/auth/info', answer, isAuthInfo)
  const serverNowMs = Date.parse(answer.headers.get('date') ?? '')
  return { info, ...(Number.isNaN(serverNowMs) ? {} : { serverNowMs }) }
}

/** Begins a session; of a further cluster, beside the one there is, where it is named. */
export async function logIn(token: string, cluster?: string): Promise<void> {
  const where = cluster === undefined ? '' : `?clusterName=${encodeURIComponent(cluster)}`
  await send(`api/authenticate${where}`, { token })
}

/** Where a proxy logs people in: says why it did not. */
export const askProxyLogin = (): Promise<unknown> => send('api/authenticate', {})

/** `elsewhere`: where the browser should go to log out there, too. `still`: clusters whose tokens may still be good. */
export async function logOut(): Promise<{ elsewhere?: string; still: readonly string[] }> {
  const answer = await send('api/logout')
  if (!isRecord(answer)) return { still: [] }
  const { failed, redirect_url: elsewhere } = answer
  return {
    ...(typeof elsewhere === 'string' && isWeb(elsewhere) ? { elsewhere } : {}),
    still: Array.isArray(failed) ? failed.filter((name) => typeof name === 'string') : [],
  }
}

/** An address that a browser may be sent to. */
export function isWeb(address: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(address).protocol)
  } catch {
    return false
  }
}

/** The answer says that nobody is logged in. */
export const isLoggedOut = (error: unknown): boolean => error instanceof RequestFailure && error.status === 401
