/** Why a service cannot be reached, for people. */

/** In words: messages of the network layer may hold addresses, and its codes say nothing to who looks at a page. */
export function networkWords(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (/CERT|SELF_SIGNED|UNABLE_TO|ISSUER|TLS|SSL|EPROTO/.test(code))
    return 'its certificate is not trusted, or TLS fails'
  return sentences[code] ?? 'the connection fails'
}

/** By the code of Node or of its HTTP client. */
export const sentences: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'its host name cannot be looked up now',
  ECONNREFUSED: 'the connection is refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  ENOTFOUND: 'its host name is unknown',
  ETIMEDOUT: 'no connection within the time limit',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped midway',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within the time limit',
  UND_ERR_HEADERS_TIMEOUT: 'no answer within the time limit',
  UND_ERR_SOCKET: 'the connection was closed',
}
