/**
 * What of a proxy's configuration nobody is shown. Envoy hides what it knows to be a secret itself, and writes
 * `[redacted]`; configuration that passes through it as plain structure (filters of extensions, headers, the environment
 * of the bootstrap) it does not know, and older versions hide less.
 */
import { isRecord } from '../inventory/json.ts'
import { redactedMark } from '../redact.ts'

/** The text of one element: the same one when there is nothing to hide. Throws `SyntaxError`. */
export function redactedElement(text: string): string {
  return suspicious.test(text) ? JSON.stringify(redacted(JSON.parse(text), '')) : text
}

/** `name`: the field in which the value stands; `within`: inside something secret. */
export function redacted(value: unknown, name: string, within = false): unknown {
  const isHidden = isSecret(name) || (within && inline.has(plain(name)))
  if (typeof value === 'string') return isHidden || privateKey.test(value) ? redactedMark : value
  const inside = within || isSecret(name)
  if (Array.isArray(value)) return value.map((each: unknown) => redacted(each, '', inside))
  if (!isRecord(value)) return value
  const isCredential = typeof value.key === 'string' && credentialHeader.test(value.key)
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [
      field,
      isCredential && headerValue.has(plain(field)) ? redactedMark : redacted(inner, field, inside),
    ]),
  )
}

const plain = (name: string): string => name.toLowerCase().replace(/[_-]/g, '')

const isSecret = (name: string): boolean => secretName.test(plain(name))

/** In small letters without `_`: Envoy writes `private_key`, the libraries of control planes `privateKey`. */
const secretName =
  /^(apikey|genericsecret|hmacsecret|privatekey|sessionticketkeys|tokensecret)$|(clientsecret|password|secretkey|token)$/

/** How a secret stands in the configuration itself; the name of a file is none. */
const inline: ReadonlySet<string> = new Set(['inlinebytes', 'inlinestring'])

/** Of headers that a proxy adds: `{"key": "authorization", "value": "..."}`. */
const credentialHeader = /^(proxy-)?authorization$|^cookie$|^x-api-key$|token$/i
const headerValue: ReadonlySet<string> = new Set(['rawvalue', 'value'])

const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/

/** Cheap, and true of whatever has something to hide: most elements have not even the words. */
const suspicious = /password|private_?key|api[-_]?key|secret|token|ticket_?keys|authorization|cookie|PRIVATE KEY/i
