/** The bearer token of a request, read as strictly as its use deserves: it is sent on to an API server. */
import type { Incoming } from '../http/incoming.ts'

export type BearerRead =
  | { readonly state: 'token'; readonly token: string }
  | { readonly state: 'absent' }
  /** Another scheme, more than one line, or more than a token. */
  | { readonly state: 'malformed' }

const maxTokenLength = 16 * 1024

/** What a header may carry as a token (token68 of RFC 7235), and no more than an API server would read. */
export const isToken = (text: string): boolean => text.length <= maxTokenLength && /^[A-Za-z0-9._~+/-]+=*$/.test(text)

export function bearerIn(incoming: Pick<Incoming, 'rawHeaders'>): BearerRead {
  const lines = headerLines(incoming, 'authorization')
  const [line] = lines
  if (line === undefined) return { state: 'absent' }
  const token = lines.length === 1 ? /^bearer +(\S+)$/i.exec(line)?.[1] : undefined
  return token !== undefined && isToken(token) ? { state: 'token', token } : { state: 'malformed' }
}

/** All lines of a header as they came, in turn: Node joins some of them and drops others. `name` in lower case. */
export function headerLines({ rawHeaders }: Pick<Incoming, 'rawHeaders'>, name: string): readonly string[] {
  const lines: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    if (rawHeaders[at]?.toLowerCase() === name) lines.push(rawHeaders[at + 1] ?? '')
  return lines
}
