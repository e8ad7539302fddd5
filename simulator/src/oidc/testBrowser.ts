/** For tests: a browser without a screen. It keeps cookies by host, follows redirects, and presses a button. */
import { type IncomingHttpHeaders, request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'

export interface Page {
  readonly url: string
  readonly status: number
  readonly location: string | undefined
  readonly setCookie: readonly string[]
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Browser {
  /** One request, no redirect followed; 'form' is posted. */
  open(url: string, options?: { form?: Readonly<Record<string, string>>; headers?: Headers }): Promise<Page>
  /** The same, and on to where it leads, until `stop` says so or there is no redirect. */
  follow(
    url: string,
    options?: { form?: Readonly<Record<string, string>>; stop?: (url: string) => boolean },
  ): Promise<Page>
  /** Cookies that would be sent to `url`, by name. */
  cookies(url: string): Map<string, string>
}

type Headers = Readonly<Record<string, string>>

/** `ca`: PEM of everybody who may vouch for a server. */
export function createBrowser(ca: readonly string[] = []): Browser {
  const jars = new Map<string, Map<string, string>>()
  const jarOf = (url: string): Map<string, string> => {
    const { host } = new URL(url)
    const jar = jars.get(host) ?? new Map<string, string>()
    jars.set(host, jar)
    return jar
  }
  const keep = (url: string, line: string): void => {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
    const at = pair.indexOf('=')
    const gone = attributes.some((each) => /^max-age=0$/i.test(each) || /^expires=thu, 01 jan 1970/i.test(each))
    if (gone) jarOf(url).delete(pair.slice(0, at))
    else jarOf(url).set(pair.slice(0, at), pair.slice(at + 1))
  }
  const open: Browser['open'] = async (url, { form, headers = {} } = {}) => {
    const cookie = [...jarOf(url)].map(([name, value]) => `${name}=${value}`).join('; ')
    const page = await ask(url, ca, form, { ...headers, ...(cookie === '' ? {} : { cookie }) })
    for (const line of page.setCookie) keep(url, line)
    return page
  }
  return {
    open,
    follow: async (url, { form, stop } = {}) => {
      let page = await open(url, form === undefined ? {} : { form })
      for (let hops = 0; hops < 20 && page.location !== undefined; hops += 1) {
        const next = new URL(page.location, page.url).href
        if (stop?.(next)) return { ...page, url: next }
        page = await open(next)
      }
      return page
    },
    cookies: jarOf,
  }
}

/** At the provider: presses the button of `account`. Returns the address of the console that it leads back to. */
export async function choose(browser: Browser, page: Page, account: string, console: string): Promise<string> {
  const action = /<form method="post" action="([^"]+)"/.exec(page.body)?.[1]
  if (action === undefined) throw new Error(`${page.url} is not the page of choice: ${page.status} ${page.body}`)
  const back = await browser.follow(new URL(action, page.url).href, {
    form: { account },
    stop: (url) => url.startsWith(console),
  })
  return back.url
}

function ask(
  url: string,
  ca: readonly string[],
  form: Readonly<Record<string, string>> | undefined,
  headers: Headers,
): Promise<Page> {
  const tls = url.startsWith('https:')
  const body = form === undefined ? undefined : new URLSearchParams(form).toString()
  const all = body === undefined ? headers : { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
  const options = { method: body === undefined ? 'GET' : 'POST', headers: all, agent: false } as const
  return new Promise((resolve, reject) => {
    const asked = (tls ? tlsRequest : plainRequest)(url, { ...options, ...(tls ? { ca: [...ca] } : {}) }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({
          url,
          status: answer.statusCode ?? 0,
          location: answer.headers.location,
          setCookie: answer.headers['set-cookie'] ?? [],
          headers: answer.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      )
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
