/** Requests that nobody would send by mistake: of every route, with texts of every kind where names should stand. */
import fc from 'fast-check'
import type { Route } from '../route.ts'
import type { Asked } from './bed.ts'
import { graphParameters, requestOf } from './requests.ts'

/** What has broken out of its place somewhere else. */
const corpus: readonly string[] = [
  '',
  ' ',
  '.',
  '..',
  '../..',
  '..;/..',
  '%2e%2e%2f',
  '%252e%252e',
  '\0',
  '\r\nset-cookie: a=b',
  '"} or up{a="',
  'a") by (b) or vector(1) or sum(up{x="',
  '.*',
  '(a+)+$',
  '[',
  '\\',
  '`',
  "' or 1=1 --",
  '#{7*7}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  'javascript:alert(1)',
  '__proto__',
  'constructor',
  'constructor.prototype',
  'toString',
  'hasOwnProperty',
  '[object Object]',
  'null',
  'undefined',
  'NaN',
  '-1',
  '1e309',
  '9999999999999999999999',
  '0x10',
  'true',
  '1h1h1h',
  '292y',
  '٣',
  '\u202eshop',
  '\u0000\ud7ff\u{10ffff}',
  'a'.repeat(253),
  'a'.repeat(5000),
  ','.repeat(2000),
  ';'.repeat(2000),
]

const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...corpus) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
)

const headerNames = [
  'accept',
  'accept-encoding',
  'authorization',
  'content-length',
  'content-type',
  'cookie',
  'forwarded',
  'host',
  'if-none-match',
  'impersonate-user',
  'kiali-user',
  'origin',
  'range',
  'referer',
  'sec-fetch-site',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-http-method-override',
  'x-request-id',
] as const

/** Node lets nothing else through. */
const headerValue = hostileText.map((text) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '').slice(0, 500))

const headers: fc.Arbitrary<Record<string, string>> = fc.dictionary(
  fc.constantFrom(...headerNames.filter((name) => name !== 'content-length')),
  headerValue,
  { maxKeys: 4 },
)

const body: fc.Arbitrary<string | undefined> = fc.option(
  fc.oneof(
    fc.json(),
    hostileText,
    fc.constant('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
    fc.constant('['.repeat(20_000)),
    fc.constant('token=a&token=b&__proto__=c'),
  ),
  { nil: undefined },
)

/** Parameters: those of the route with other values, and others. */
const query = (route: Route): fc.Arbitrary<string> =>
  fc
    .array(
      fc.tuple(
        fc.oneof(fc.constantFrom(...(route.parameters?.length ? route.parameters : graphNames)), hostileText),
        hostileText,
      ),
      { maxLength: 5 },
    )
    .map((pairs) => {
      const query = new URLSearchParams()
      for (const [name, value] of pairs) query.append(name, value)
      return query.toString()
    })

/** Rates and response times too: marks do not depend on them. */
const graphNames = [...graphParameters, 'rateGrpc', 'rateHttp', 'rateTcp', 'responseTime', 'throughputType']

const bodyOf = (body: string | undefined): Pick<Asked, 'body'> => (body === undefined ? {} : { body })

/** Half of the variables and parameters are as a client would write them, so that the others are reached. */
export function hostileRequest(route: Route): fc.Arbitrary<Asked> {
  const variables = [...route.path.matchAll(/:([a-zA-Z]+)/g)].length
  return fc
    .record({
      sane: requestOf(route),
      texts: fc.array(fc.option(hostileText, { nil: undefined }), { minLength: variables, maxLength: variables }),
      query: fc.option(query(route), { nil: undefined }),
      headers,
      body,
    })
    .map(({ sane, texts, query, headers, body }) => {
      const [path = '', search = ''] = sane.url.split('?')
      const patterns = route.path.split('/')
      let variable = 0
      const parts = path.split('/').map((part, index) => {
        if (!patterns[index]?.startsWith(':')) return part
        const text = texts[variable++]
        return text === undefined || text === '' ? part : encodeURIComponent(text)
      })
      const all = [search, query ?? ''].filter((each) => each !== '').join('&')
      return {
        method: route.method,
        url: all === '' ? parts.join('/') : `${parts.join('/')}?${all}`,
        headers: { ...sane.headers, ...headers },
        ...(route.method === 'GET' ? {} : bodyOf(body ?? sane.body)),
      }
    })
}
