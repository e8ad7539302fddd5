/**
 * Secrets leave no trace in logs, errors, audit or metrics. Three means: a text is searched for what looks like a
 * credential, a field is judged by its name, and where two records must be told to belong together there is a
 * fingerprint that nobody outside this process can compute.
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { Log } from './kube/surroundings.ts'

export const redactedMark = '[redacted]'

/** Without credentials: bearer tokens, JWTs, passwords in URLs, `name=value` pairs and queries whose names are secret. */
export function redactText(text: string): string {
  return patterns.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text)
}

/** The same for anything that is written as JSON: fields with secret names lose their value, texts are searched. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= 8) return redactedMark
  if (value instanceof Error) return redactText(value.message)
  if (Array.isArray(value)) return value.map((each) => redact(each, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      isSecretName(name) && each !== undefined && each !== '' ? redactedMark : redact(each, depth + 1),
    ]),
  )
}

/** For the log: an address without its query, fragment and password. */
export function urlForLog(url: string): string {
  return redactText(url.split(/[?#]/, 1).join(''))
}

/** The same log, searched: the last line of defence, not a reason to log a credential. */
export const redactedLog =
  (log: Log): Log =>
  (level, message, fields) => {
    const searched = redact(fields)
    log(level, redactText(message), isFields(searched) ? searched : undefined)
  }

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSecretName = (name: string): boolean => secretName.test(name)

/** 16 hex digits that tell two secrets apart, of use to this process only. '' stays ''. */
export const fingerprint = (secret: string): string =>
  secret === '' ? '' : createHmac('sha256', processKey).update(secret).digest('hex').slice(0, 16)

const processKey = randomBytes(32)

/** Names of fields that hold a credential. Codes, states and paths are named in our own logs for what they are. */
const secretName =
  /^(set-?)?cookie$|authorization$|passwo?rd$|secret$|signing_?key$|private_?key$|client_?key(_?data)?$|^nonce$|verifier$|^bearer$|token$|^api_?key$/i

const patterns: readonly (readonly [RegExp, string])[] = [
  // A JWT: three base64url parts, the first of which is a JSON object.
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(\.[A-Za-z0-9_-]*)?/g, redactedMark],
  [/\b(bearer|basic)[ \t]+[A-Za-z0-9._~+/=-]{4,}/gi, `$1 ${redactedMark}`],
  [/\bsha256~[A-Za-z0-9_-]{8,}/g, redactedMark],
  [/(:\/\/)[^\s/?#@"']{1,512}@/g, `$1${redactedMark}@`],
  [
    /\b(code|state|nonce|token|id_token|id_token_hint|access_token|refresh_token|oauth_token|client_secret|code_verifier|password|kiali-token[A-Za-z0-9._%-]*)=[^\s&;,"']+/gi,
    `$1=${redactedMark}`,
  ],
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]*(-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g, redactedMark],
]
