/** What a body may be, decided before it is read: not compressed, and of a type that no form of another site can send. */
import { BinocleError } from '../../errors.ts'
import type { Gate, Incoming } from '../incoming.ts'

export const bodyGate: Gate = (incoming, route) => {
  if (!hasBody(incoming)) return
  const encoding = (incoming.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding !== 'identity' && encoding !== '')
    throw new BinocleError('BIN-REQUEST-TYPE', 'Compressed bodies are not read.', { remedy: 'Send it uncompressed.' })
  if (route === undefined) return
  const [type = ''] = (incoming.headers['content-type'] ?? '').toLowerCase().split(';')
  const allowed = route.path === '/api/authenticate' ? forms : documents
  if (!allowed.includes(type.trim()))
    throw new BinocleError('BIN-REQUEST-TYPE', 'The body is of a type that is not read here.', {
      remedy: `Send it as ${allowed.join(' or ')}.`,
    })
}

const forms = ['application/x-www-form-urlencoded']
const documents = [
  'application/json',
  'application/merge-patch+json',
  'application/json-patch+json',
  'application/yaml',
]

/** A length of 0 is none; HTTP/1.1 names every other body by its length or its encoding. */
const hasBody = ({ headers, method }: Incoming): boolean =>
  method !== 'GET' &&
  method !== 'HEAD' &&
  (headers['transfer-encoding'] !== undefined || !['0', undefined].includes(headers['content-length']))
