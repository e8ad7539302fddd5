/**
 * How the provider is spoken to: no redirect is followed (it would carry a code or a secret elsewhere), answers are
 * bounded, the proxy follows from the scheme of the address, and the environment has no say in it.
 */
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici'
import { OpenIdError } from './failure.ts'

export interface ProviderHttp {
  /** The body of what is there. Rejects with OpenIdError `idp` unless it is answered 200. */
  text(url: string): Promise<string>
  /** For libraries: any status, at most 1 MiB. */
  fetch(url: string, options: { body?: unknown; headers: Record<string, string>; method: string }): Promise<Response>
  close(): Promise<void>
}

export interface ProviderHttpOptions {
  /** PEM of what may vouch for the provider; undefined = what Node trusts. Another array where it has changed. */
  readonly ca: () => readonly string[] | undefined
  readonly insecureSkipVerifyTls: boolean
  /** '' = none. */
  readonly httpProxy: string
  readonly httpsProxy: string
  /** http, too: for trying out. */
  readonly plainHttp: boolean
  readonly timeoutMs?: number
}

const mostBytes = 1024 * 1024

export function createProviderHttp(options: ProviderHttpOptions): ProviderHttp {
  const { timeoutMs = 10_000 } = options
  let trusted: readonly string[] | undefined
  let dispatchers = new Map<string, Dispatcher>()
  const closing = (): Promise<unknown> => Promise.allSettled([...dispatchers.values()].map((each) => each.destroy()))

  const dispatcherFor = (scheme: string): Dispatcher => {
    const ca = options.ca()
    if (ca !== trusted) {
      void closing()
      dispatchers = new Map()
      trusted = ca
    }
    const known = dispatchers.get(scheme) ?? connect(scheme, ca, options)
    dispatchers.set(scheme, known)
    return known
  }

  async function ask(
    url: string,
    { method, headers, body }: { method: string; headers: Record<string, string>; body?: string },
  ): Promise<{ status: number; headers: Record<string, string>; body: string }> {
    const { protocol } = addressOf(url, options.plainHttp)
    try {
      const answer = await request(url, {
        method: method === 'POST' ? 'POST' : 'GET',
        headers: { ...headers, 'accept-encoding': 'identity' },
        body: body ?? null,
        dispatcher: dispatcherFor(protocol),
        signal: AbortSignal.timeout(timeoutMs),
      })
      return {
        status: answer.statusCode,
        headers: { 'content-type': String(answer.headers['content-type'] ?? '') },
        body: await bounded(answer.body),
      }
    } catch (error) {
      if (error instanceof OpenIdError) throw error
      throw new OpenIdError('idp', `the provider does not answer (${reasonOf(error)})`, error)
    }
  }

  return {
    async text(url) {
      const answer = await ask(url, { method: 'GET', headers: { accept: 'application/json' } })
      if (answer.status !== 200) throw new OpenIdError('idp', `the provider answered status ${answer.status}`)
      return answer.body
    },
    async fetch(url, { method, headers, body }) {
      const answer = await ask(url, { method, headers, ...(body === undefined ? {} : { body: String(body) }) })
      const bodyless = [204, 205, 304].includes(answer.status)
      return new Response(bodyless ? null : answer.body, { status: answer.status, headers: answer.headers })
    },
    async close() {
      await closing()
    },
  }
}

/** Throws OpenIdError `idp` for what must not be asked. */
function addressOf(url: string, plainHttp: boolean): URL {
  const address = parsed(url)
  if (address.protocol !== 'https:' && !(plainHttp && address.protocol === 'http:'))
    throw new OpenIdError('idp', 'an address of the provider is not https')
  return address
}

function parsed(url: string): URL {
  try {
    return new URL(url)
  } catch (cause) {
    throw new OpenIdError('idp', 'an address of the provider cannot be read', cause)
  }
}

function connect(scheme: string, ca: readonly string[] | undefined, options: ProviderHttpOptions): Dispatcher {
  const { insecureSkipVerifyTls, httpProxy, httpsProxy } = options
  const tls = { rejectUnauthorized: !insecureSkipVerifyTls, ...(ca === undefined ? {} : { ca: [...ca] }) }
  const proxy = scheme === 'https:' ? httpsProxy : httpProxy
  if (proxy === '') return new Agent({ connect: tls, connections: 8 })
  return new ProxyAgent({ uri: proxy, requestTls: tls, connections: 8 })
}

async function bounded(body: AsyncIterable<unknown> & { destroy(): unknown }): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    bytes += part.length
    if (bytes > mostBytes) throw new OpenIdError('idp', 'an answer of the provider is larger than 1 MiB')
    chunks.push(part)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Never the address: a proxy's may hold a password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error.name === 'TimeoutError') return 'no answer in time'
  const code = 'code' in error ? error.code : error.cause instanceof Error && 'code' in error.cause && error.cause.code
  return typeof code === 'string' ? code : error.name
}
