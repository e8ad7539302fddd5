import { describe, expect, it } from 'vitest'
import { compareAnswers } from '../compare.ts'
import { leniencyOf } from '../leniency.ts'
import { compareCookies, inOneShape } from './shapes.ts'

const recorded = (body: unknown, status = 200) => ({
  status,
  contentType: 'application/json',
  body,
  note: '',
  setCookie: undefined,
})
const ours = (body: unknown, status = 200, location?: string) => ({
  status,
  contentType: 'application/json',
  body,
  text: '',
  setCookie: [],
  location,
})
const differ = (theirs: unknown, mine: unknown) =>
  compareAnswers(...inOneShape(recorded(theirs), ours(mine)), leniencyOf([])).map(({ path }) => path)

describe('one shape for both answers', () => {
  it.each([
    [
      'the end of a session, whenever',
      { expiresOn: '2026-01-02T03:04:05.678Z' },
      { expiresOn: '2027-01-02T03:04:05Z' },
      [],
    ],
    [
      'its form',
      { expiresOn: '2026-01-02T03:04:05Z' },
      { expiresOn: 'Fri, 02 Jan 2026 03:04:05 +0000' },
      ['.expiresOn'],
    ],
    ['a time elsewhere', { createdAt: '2026-01-02T03:04:05Z' }, { createdAt: '2027-01-02T03:04:05Z' }, ['.createdAt']],
    [
      'where the console listens',
      { authorizationEndpoint: 'http://a:1/x' },
      { authorizationEndpoint: 'http://b:2/x' },
      [],
    ],
    [
      'its path',
      { authorizationEndpoint: 'http://a/x' },
      { authorizationEndpoint: 'http://a/y' },
      ['.authorizationEndpoint'],
    ],
    [
      'the order of findings',
      {
        checks: [
          { code: 'A', path: 'x' },
          { code: 'B', path: 'y' },
        ],
      },
      {
        checks: [
          { code: 'B', path: 'y' },
          { code: 'A', path: 'x' },
        ],
      },
      [],
    ],
  ])('compares %s', (_what, theirs, mine, paths) => {
    expect(differ(theirs, mine)).toEqual(paths)
  })

  it('compares redirects by their parameters, random ones by their presence', () => {
    const page = recorded(
      '<a href="https://idp:1/auth?client_id=kiali&amp;scope=openid&amp;state=1&amp;nonce=2">Found</a>',
      302,
    )
    const there = ours('', 302, 'https://idp:9/authorize?client_id=kiali&scope=openid+email&state=3')
    expect(compareAnswers(...inOneShape(page, there), leniencyOf([])).map(({ path }) => path)).toEqual([
      '.scope',
      '.nonce',
    ])
  })
})

describe('cookies', () => {
  const line = 'session=<value>; Path=/kiali; Expires=Wed, 25 Nov 2026 13:50:34 GMT; HttpOnly; SameSite=Strict'

  it.each([
    ['another value and time', line.replace('<value>', 'abc').replace('25 Nov 2026', '26 Nov 2027'), []],
    ['another attribute', line.replace('Strict', 'Lax'), ['(cookie) session SameSite']],
    ['one attribute more', `${line}; Secure`, ['(cookie) session Secure']],
    ['deleted', line.replace('25 Nov 2026', '01 Jan 1970'), ['(cookie) session', '(cookie) session Expires']],
  ])('differ: %s', (_what, mine, places) => {
    expect(compareCookies([line], [mine]).map(({ place }) => place)).toEqual(places)
  })

  it('are not compared where none were recorded', () => {
    expect(compareCookies(undefined, [line])).toEqual([])
  })
})
