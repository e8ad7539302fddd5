import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { arriving, requestIdOf } from './arriving.ts'

function messageWith(lines: readonly (readonly [string, string])[]): IncomingMessage {
  const message = new IncomingMessage(new Socket())
  message.rawHeaders = lines.flat()
  for (const [name, value] of lines) message.headers[name.toLowerCase()] = value
  return message
}

const arrived = (lines: readonly (readonly [string, string])[], keepsImpersonation = false) => {
  const message = messageWith(lines)
  return arriving(message, new ServerResponse(message), 'r1', keepsImpersonation)
}

const impersonation = [
  ['Impersonate-User', 'admin'],
  ['Impersonate-Group', 'system:masters'],
  ['Impersonate-Uid', '1'],
  ['Impersonate-Extra-Scopes', 'all'],
] as const

describe('headers of a client', () => {
  it('AUTH-29: never hold Kiali-User', () => {
    const { headers, rawHeaders } = arrived([
      ['Kiali-User', 'admin'],
      ['Accept', '*/*'],
    ])
    expect([headers, rawHeaders]).toEqual([{ accept: '*/*' }, ['Accept', '*/*']])
  })

  it.each(impersonation)('AUTH-30: do not hold %s', (name, value) => {
    const { headers, rawHeaders } = arrived([
      [name, value],
      ['Accept', '*/*'],
    ])
    expect([headers, rawHeaders]).toEqual([{ accept: '*/*' }, ['Accept', '*/*']])
  })

  it('AUTH-30: hold them all under the strategy `header`, one line each', () => {
    expect(arrived(impersonation, true).rawHeaders).toEqual(impersonation.flat())
  })

  it('AUTH-T39: do not make anybody somebody else, however they are written', () => {
    const { headers, rawHeaders } = arrived([
      ['IMPERSONATE-USER', 'admin'],
      ['impersonate-extra-a', 'b'],
    ])
    expect([headers, rawHeaders]).toEqual([{}, []])
  })
})

describe('the id of a request', () => {
  it('is the client’s where it can stand in a log', () => {
    expect(requestIdOf(messageWith([['X-Request-Id', 'abc-1.2_3']]))).toBe('abc-1.2_3')
  })

  it.each(['', 'a b', 'a\u001b[31m', 'x'.repeat(65), '{"audit":true}', 'a\r\nb'])(
    'AUTH-T40: is our own where it is %j',
    (given) => {
      expect(requestIdOf(messageWith([['X-Request-Id', given]]))).toMatch(/^[0-9a-f-]{36}$/)
    },
  )
})
