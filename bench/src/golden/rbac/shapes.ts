/**
 * What differs from run to run although it means the same is brought into one shape on both sides: when a session ends, where
 * the console and the provider listen, the random values of a login; and cookies and redirects are compared by their parts.
 */
import type { Answer } from '../answers.ts'
import type { Difference } from '../compare.ts'
import { at, isList, isObject } from '../json.ts'
import type { OurAnswer } from './asking.ts'
import type { RbacAnswer } from './recorded.ts'

/** Both answers in that shape, the recorded one first. */
export function inOneShape(recorded: RbacAnswer, ours: OurAnswer): readonly [Answer, Answer] {
  if (recorded.status !== 302)
    return [
      { ...recorded, body: shaped(recorded.body) },
      { ...ours, body: shaped(ours.body) },
    ]
  const href = /<a href="([^"]*)"/.exec(String(recorded.body))?.[1]?.replaceAll('&amp;', '&')
  return [
    { status: recorded.status, contentType: '', body: redirect(href) },
    { status: ours.status, contentType: '', body: redirect(ours.location) },
  ]
}

const times = /^(\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d ([+-]\d{4}|GMT)|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)$/

/** How a time is written, not which it is. */
const timeShape = (text: string): string =>
  !times.test(text) ? text : text.includes(',') ? `<RFC 1123 ${text.endsWith('GMT') ? 'GMT' : 'zone'}>` : '<RFC 3339>'

function shaped(value: unknown, key = ''): unknown {
  if (isList(value)) return (key === 'checks' ? inOrder(value) : value).map((element) => shaped(element))
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, shaped(of, name)]))
  if (typeof value !== 'string') return value
  if (key === 'expiresOn') return timeShape(value)
  return key === 'authorizationEndpoint' ? withoutOrigin(value) : value
}

/** Findings come from checkers that run side by side: in another order since Kiali was started anew. */
const inOrder = (checks: readonly unknown[]): readonly unknown[] => {
  const place = (check: unknown): string => `${at(check, 'path')} ${at(check, 'code')}`
  return [...checks].sort((a, b) => (place(a) < place(b) ? -1 : 1))
}

const withoutOrigin = (url: string): string => url.replace(/^https?:\/\/[^/]+/, '')

const random = new Set(['code_challenge', 'nonce', 'state'])

/** The parameters with which somebody is sent to the provider. */
function redirect(href: string | undefined): unknown {
  if (href === undefined || !URL.canParse(href)) return href
  const { searchParams } = new URL(href)
  return Object.fromEntries(
    [...searchParams].map(([name, value]) => [
      name,
      random.has(name) ? '<value>' : name === 'redirect_uri' ? withoutOrigin(value) : value,
    ]),
  )
}

/** Cookies that were recorded, and what ours sets beside them; nothing where none were recorded. */
export function compareCookies(
  recorded: readonly string[] | undefined,
  ours: readonly string[],
): readonly Difference[] {
  if (recorded === undefined) return []
  const [theirs, mine] = [cookiesOf(recorded), cookiesOf(ours)]
  const places = [...new Set([...theirs.keys(), ...mine.keys()])]
  return places
    .filter((place) => theirs.get(place) !== mine.get(place))
    .map((place) => ({
      path: `(cookie) ${place}`,
      place: `(cookie) ${place}`,
      recorded: theirs.get(place),
      ours: mine.get(place),
    }))
}

/** `<cookie> <attribute>` -> value; `<cookie>` alone -> `set` or `deleted`. */
function cookiesOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const parts = new Map<string, string>()
  for (const line of lines) {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
    const name = pair.slice(0, pair.indexOf('='))
    parts.set(name, /max-age=0(;|$)|01 jan 1970/i.test(line) ? 'deleted' : 'set')
    for (const attribute of attributes) {
      const [key = '', value = ''] = attribute.split('=')
      parts.set(`${name} ${key}`, key === 'Expires' && !/1970/.test(value) ? timeShape(value) : value)
    }
  }
  return parts
}
