/** A token for the console's account: one that expires, or the one that Kubernetes keeps in a Secret. */
import { isRecord, record, text } from '@binocle/server/inventory/json'
import type { KubeApi } from '@binocle/server/kube/api'
import { put, read } from './cluster.ts'
import type { Names } from './names.ts'
import { tokenSecret } from './objects.ts'

export type TokenKind = { readonly kind: 'bound'; readonly lifeS: number } | { readonly kind: 'legacy' }

export interface Token {
  readonly token: string
  /** Unix ms; undefined = never. A cluster may give less than was asked for. */
  readonly expiresAtMs?: number
}

/** Throws `KubeFailure`; an Error when the cluster does not fill the Secret. `pause` waits between two looks. */
export async function tokenFor(
  api: KubeApi,
  names: Names,
  wanted: TokenKind,
  pause: (ms: number) => Promise<void>,
): Promise<Token> {
  return wanted.kind === 'bound' ? bound(api, names, wanted.lifeS) : legacy(api, names, pause)
}

async function bound(api: KubeApi, { account, namespace }: Names, lifeS: number): Promise<Token> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(account)}/token`
  const answer = await api.request('POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: lifeS },
  })
  const status = isRecord(answer) ? record(answer, 'status') : {}
  const token = text(status, 'token')
  if (token === '') throw new Error(`${api.cluster} gave no token.`)
  const expiresAtMs = Date.parse(text(status, 'expirationTimestamp'))
  return { token, ...(Number.isNaN(expiresAtMs) ? {} : { expiresAtMs }) }
}

const looks = 60
const lookEveryMs = 1_000

async function legacy(api: KubeApi, names: Names, pause: (ms: number) => Promise<void>): Promise<Token> {
  const secret = tokenSecret(names)
  await put(api, secret)
  for (let look = 0; look < looks; look++) {
    const present = await read(api, secret)
    const token = isRecord(present) ? text(record(present, 'data'), 'token') : ''
    if (token !== '') return { token: Buffer.from(token, 'base64').toString('utf8') }
    await pause(lookEveryMs)
  }
  throw new Error(
    `${api.cluster} did not fill the Secret ${names.namespace}/${names.account} with a token.\n` +
      '  Use a token that expires instead: --token bound --expires 90d',
  )
}
