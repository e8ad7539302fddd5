import { describe, expect, it } from 'vitest'
import { returnPath } from './returnPath.ts'

/** What open redirects are usually tried with. */
const elsewhere = [
  'https://evil.example',
  'http://evil.example/',
  'HTTPS://evil.example',
  '//evil.example',
  '///evil.example',
  '////evil.example/',
  '//evil.example/..',
  '//evil.example/%2f..',
  '/\\evil.example',
  '\\/evil.example',
  '\\\\evil.example',
  '/\\/evil.example',
  '/%5cevil.example',
  '/%2f%2fevil.example',
  '/%09/evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/ /evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/console/..//evil.example',
  '/console/../..//evil.example',
  '/console\\..\\..\\evil.example',
  '/console@evil.example',
  '/@evil.example',
  '@evil.example',
  'evil.example',
  'evil.example/console/graph',
  '.evil.example',
  ':80',
  '?https://evil.example',
  '#@evil.example',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,hello',
  'vbscript:x',
  'file:///etc/passwd',
  'ftp://evil.example',
  'https:evil.example',
  'https:/evil.example',
  'https:///evil.example',
  'http:\\\\evil.example',
  '//evil.example@own.example',
  'https://own.example@evil.example',
  'https://own.example.evil.example',
  '/\u2215\u2215evil.example',
  '/\uff0f\uff0fevil.example',
  '\u3002\u3002/evil.example',
  '/console/\u0000//evil.example',
  '/console/\r\nSet-Cookie: a=b',
  '/console/%0d%0aSet-Cookie:%20a=b\r\n',
  '/api/logout',
  '/api/../api/logout',
  '/console/../api/logout',
  '/console/%2e%2e/api/logout',
  '/console/./../api/logout',
  `/console/${'x'.repeat(3000)}`,
]

describe('where a login leads back to', () => {
  it.each(elsewhere)('AUTH-T36: %j does not lead away', (wanted) => {
    const path = returnPath(wanted, '')
    const place = new URL(path, 'https://own.example')
    expect(place.origin).toBe('https://own.example')
    expect(place.pathname === '/' || place.pathname.startsWith('/console')).toBe(true)
    expect(path).not.toMatch(/^\/[/\\]|[\r\n\t]/)
  })

  it.each([
    [
      '',
      '/console/graph/namespaces?layout=x&namespaces=shop#top',
      '/console/graph/namespaces?layout=x&namespaces=shop#top',
    ],
    ['/mesh', '/mesh/console/services', '/mesh/console/services'],
    ['/mesh', '/console/services', '/mesh/'],
    ['', undefined, '/'],
    ['/mesh', undefined, '/mesh/'],
  ])('under %j, %j leads to %j', (webRoot, wanted, expected) => {
    expect(returnPath(wanted, webRoot)).toBe(expected)
  })
})
