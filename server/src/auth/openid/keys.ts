/**
 * The provider's public keys. Fetched when a key is wanted, kept for ten minutes, asked for anew when a token names a
 * key we do not know — but at most once in 30 s, or whoever invents key names would make us a hammer. When the provider
 * cannot be asked, the last good set serves for a day (reference: auth.md 6.4.7).
 */
import type { JWK } from 'jose'
import { suits } from './algorithms.ts'
import { OpenIdError } from './failure.ts'

export interface Keys {
  /** Rejects with OpenIdError: `token` where no key fits, `idp` where none could be fetched. */
  keyFor(header: { readonly alg: string; readonly kid?: string }): Promise<JWK>
}

export const freshMs = 10 * 60_000
export const betweenFetchesMs = 30_000
export const lastGoodMs = 24 * 3_600_000
const mostKeys = 64

/** `fetchText` gives the body of `jwks_uri`, bounded; `clock` is Unix ms. */
export function createKeys(fetchText: () => Promise<string>, clock: () => number): Keys {
  let known: { readonly keys: readonly JWK[]; readonly atMs: number } | undefined
  let triedMs = Number.NEGATIVE_INFINITY
  let underway: Promise<void> | undefined

  const fetched = async (): Promise<void> => {
    triedMs = clock()
    const keys = parseKeys(await fetchText())
    known = { keys, atMs: clock() }
  }
  const refresh = (): Promise<void> => {
    underway ??= fetched().finally(() => {
      underway = undefined
    })
    return underway
  }
  const mayFetch = (): boolean => known === undefined || clock() - triedMs >= betweenFetchesMs

  async function current(): Promise<readonly JWK[]> {
    if (known !== undefined && clock() - known.atMs < freshMs) return known.keys
    if (underway !== undefined || mayFetch()) {
      await refresh().catch((error) => {
        if (known === undefined) throw error
      })
    }
    if (known === undefined || clock() - known.atMs >= lastGoodMs)
      throw new OpenIdError('idp', 'the keys of the provider cannot be fetched')
    return known.keys
  }

  return {
    async keyFor(header) {
      const found = chosen(await current(), header)
      if (found !== undefined) return found
      if (mayFetch()) await refresh().catch(() => {})
      const anew = chosen(known?.keys ?? [], header)
      if (anew === undefined) throw new OpenIdError('token', 'no key of the provider fits the token')
      return anew
    },
  }
}

/** By its id; without one only where there is no choice. */
function chosen(keys: readonly JWK[], { alg, kid }: { alg: string; kid?: string }): JWK | undefined {
  const fitting = keys.filter((key) => (kid === undefined || key.kid === kid) && suits(key, alg))
  return fitting.length === 1 ? fitting[0] : undefined
}

function parseKeys(text: string): JWK[] {
  const document: unknown = parsed(text)
  const keys = isFields(document) ? document.keys : undefined
  if (!Array.isArray(keys)) throw new OpenIdError('idp', 'the keys of the provider are no key set')
  if (keys.length > mostKeys) throw new OpenIdError('idp', `the provider has more than ${mostKeys} keys`)
  return keys.filter(isKey)
}

/** Keys of an unknown form are somebody else's business. */
const isKey = (value: unknown): value is JWK & { kty: string } =>
  isFields(value) &&
  typeof value.kty === 'string' &&
  [value.kid, value.alg, value.use, value.crv].every((each) => each === undefined || typeof each === 'string')

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new OpenIdError('idp', 'the keys of the provider are no JSON', cause)
  }
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
