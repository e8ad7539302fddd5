/**
 * What the provider says of itself: discovered under the issuer, or configured instead (reference: auth.md 6.4.1).
 * Kept for an hour, and longer while the provider does not answer.
 */
import type { OpenIdConfig } from '../../config/auth.ts'
import { OpenIdError } from './failure.ts'

export interface Metadata {
  readonly issuer: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly jwksUri: string
  /** Absent: the provider keeps no session that we could end. */
  readonly endSessionEndpoint?: string
  /** RFC 9207: its answers name it. */
  readonly namesItself: boolean
}

type Settings = Pick<OpenIdConfig, 'authorizationEndpoint' | 'discoveryOverride' | 'issuerUri'>

/** The provider cannot do what we need, however often it is asked. */
export class UnfitProvider extends OpenIdError {
  constructor(message: string) {
    super('idp', message)
    this.name = 'UnfitProvider'
  }
}

export const keptMs = 3_600_000

/** Rejects with OpenIdError `idp`. `fetchText` gives the body of an address, bounded; `clock` is Unix ms. */
export function createMetadata(
  settings: Settings,
  fetchText: (url: string) => Promise<string>,
  clock: () => number,
): () => Promise<Metadata> {
  const stated = overridden(settings)
  if (stated !== undefined) return () => Promise.resolve(stated)

  let known: { readonly metadata: Metadata; readonly atMs: number } | undefined
  let underway: Promise<Metadata> | undefined
  const discover = async (): Promise<Metadata> => {
    const url = `${settings.issuerUri.replace(/\/+$/, '')}/.well-known/openid-configuration`
    const metadata = parseMetadata(await fetchText(url), settings)
    known = { metadata, atMs: clock() }
    return metadata
  }
  return async () => {
    if (known !== undefined && clock() - known.atMs < keptMs) return known.metadata
    underway ??= discover().finally(() => {
      underway = undefined
    })
    const last = known
    return await underway.catch((error) => {
      if (last === undefined || error instanceof UnfitProvider) throw error
      return last.metadata
    })
  }
}

/** Only authorization and token endpoint together replace discovery. */
function overridden({ issuerUri, discoveryOverride: stated }: Settings): Metadata | undefined {
  if (stated.authorizationEndpoint === '' || stated.tokenEndpoint === '') return undefined
  return {
    issuer: issuerUri,
    authorizationEndpoint: stated.authorizationEndpoint,
    tokenEndpoint: stated.tokenEndpoint,
    jwksUri: stated.jwksUri,
    ...(stated.endSessionEndpoint === '' ? {} : { endSessionEndpoint: stated.endSessionEndpoint }),
    namesItself: false,
  }
}

function parseMetadata(text: string, { issuerUri, authorizationEndpoint }: Settings): Metadata {
  const fields = fieldsOf(text)
  const textAt = (name: string): string | undefined => {
    const value = fields[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const needed = (name: string): string => {
    const value = textAt(name)
    if (value === undefined) throw new UnfitProvider(`the provider's metadata has no ${name}`)
    return value
  }
  if (fields.issuer !== issuerUri) throw new UnfitProvider('the provider calls itself by another name than issuer_uri')
  if (!listed(fields.response_types_supported, 'code'))
    throw new UnfitProvider('the provider does not support the authorization code flow')
  if (fields.code_challenge_methods_supported !== undefined && !listed(fields.code_challenge_methods_supported, 'S256'))
    throw new UnfitProvider('the provider does not support PKCE with S256')
  const endSessionEndpoint = textAt('end_session_endpoint')
  return {
    issuer: issuerUri,
    authorizationEndpoint: authorizationEndpoint || needed('authorization_endpoint'),
    tokenEndpoint: needed('token_endpoint'),
    jwksUri: needed('jwks_uri'),
    ...(endSessionEndpoint === undefined ? {} : { endSessionEndpoint }),
    namesItself: fields.authorization_response_iss_parameter_supported === true,
  }
}

const listed = (value: unknown, wanted: string): boolean => Array.isArray(value) && value.includes(wanted)

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = parsed(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new OpenIdError('idp', "the provider's metadata is no JSON object")
  return { ...value }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new OpenIdError('idp', "the provider's metadata is no JSON", cause)
  }
}
