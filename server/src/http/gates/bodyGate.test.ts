import { describe, expect, it } from 'vitest'
import { BinocleError } from '../../errors.ts'
import { incomingWith } from '../testing.ts'
import { bodyGate } from './bodyGate.ts'

function answerTo(headers: Record<string, string>, path = '/api/namespaces/:namespace', method = 'PATCH'): number {
  try {
    bodyGate(incomingWith({ method, headers: { 'content-length': '2', ...headers } }), { path })
    return 200
  } catch (error) {
    return error instanceof BinocleError ? error.status : 500
  }
}

describe('a body', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/merge-patch+json',
    'application/json-patch+json',
    'application/yaml',
  ])('may be %s', (type) => {
    expect(answerTo({ 'content-type': type })).toBe(200)
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=a',
    '',
    'application/jsonp',
  ])('AUTH-167: must not be %j, which a form of any page can send', (type) => {
    expect(answerTo({ 'content-type': type })).toBe(415)
  })

  it('AUTH-167: must be a form where somebody logs in, and nothing else', () => {
    expect(answerTo({ 'content-type': 'application/x-www-form-urlencoded' }, '/api/authenticate', 'POST')).toBe(200)
    expect(answerTo({ 'content-type': 'application/json' }, '/api/authenticate', 'POST')).toBe(415)
    expect(answerTo({ 'content-type': 'text/plain' }, '/api/authenticate', 'POST')).toBe(415)
  })

  it.each(['gzip', 'br', 'deflate', 'identity, gzip', 'GZIP', 'x'])(
    'AUTH-173: must not be compressed: %s',
    (encoding) => {
      expect(answerTo({ 'content-type': 'application/json', 'content-encoding': encoding })).toBe(415)
    },
  )

  it('may say that it is not compressed', () => {
    expect(answerTo({ 'content-type': 'application/json', 'content-encoding': 'identity' })).toBe(200)
  })

  it('counts as one when it comes in chunks of unknown length', () => {
    expect(answerTo({ 'content-length': '0', 'transfer-encoding': 'chunked', 'content-type': 'text/plain' })).toBe(415)
  })

  it('needs no type when there is none', () => {
    expect(answerTo({ 'content-length': '0' }, '/api/logout', 'POST')).toBe(200)
  })
})
