import { describe, expect, it } from 'vitest'
import { BinocleError } from '../errors.ts'
import { proxiedOf, readable } from './proxyHeaders.ts'

const token = ['Authorization', 'Bearer anna-token']
const of = (...rawHeaders: string[]) => proxiedOf({ rawHeaders })

function codeOf(...rawHeaders: string[]): string {
  try {
    proxiedOf({ rawHeaders })
  } catch (error) {
    return error instanceof BinocleError ? `${error.status} ${error.code}` : String(error)
  }
  return 'none'
}

describe('what a proxy says', () => {
  it('is a token', () => {
    expect(of(...token)).toEqual({ token: 'anna-token' })
  })

  it('is nothing without one', () => {
    expect(of('Cookie', 'x=y')).toBeUndefined()
  })

  it.each([
    ['lower case', 'bearer anna-token'],
    ['upper case', 'BEARER anna-token'],
    ['several blanks', 'Bearer   anna-token'],
  ])('AUTH-70: may name its scheme in %s', (_what, line) => {
    expect(of('Authorization', line)).toEqual({ token: 'anna-token' })
  })

  it.each([
    ['another scheme', ['Authorization', 'Basic xBearer']],
    ['a scheme that only ends so', ['Authorization', 'NotBearer anna-token']],
    ['two lines', [...token, ...token]],
    ['two lines that differ in case', ['Authorization', 'Bearer anna-token', 'authorization', 'Bearer bob-token']],
    ['more behind it', ['Authorization', 'Bearer anna-token x']],
    ['two in one line', ['Authorization', 'Bearer anna-token, Bearer bob-token']],
    ['no token', ['Authorization', 'Bearer']],
    ['an empty token', ['Authorization', 'Bearer ']],
    ['a quoted token', ['Authorization', 'Bearer "anna-token"']],
    ['a tab', ['Authorization', 'Bearer\tanna-token']],
    ['a blank before it', ['Authorization', ' Bearer anna-token']],
    ['letters beyond ASCII', ['Authorization', 'Bearer änna']],
    ['more than 16 KiB', ['Authorization', `Bearer ${'x'.repeat(16_385)}`]],
  ])('AUTH-70: is refused with %s', (_what, lines) => {
    expect(codeOf(...lines)).toBe('401 BIN-AUTH-TOKEN')
  })

  it('AUTH-71: names groups one a line, commas and all, in their order', () => {
    const groups = ['CN=Admins,OU=IT', 'shop, bank', 'CN=Admins,OU=IT']
    const lines = groups.flatMap((group) => ['Impersonate-Group', group])
    expect(of(...token, 'Impersonate-User', 'anna', ...lines)?.impersonate).toEqual({ user: 'anna', groups })
  })

  it('AUTH-72: names extras in lower case, decoded, with all their values', () => {
    const lines = [
      'Impersonate-Extra-Scopes',
      'view',
      'IMPERSONATE-EXTRA-SCOPES',
      'edit, all',
      'Impersonate-Extra-example.com%2Fproject',
      'a',
    ]
    expect(of(...token, 'Impersonate-User', 'anna', ...lines)?.impersonate?.extra).toEqual({
      scopes: ['view', 'edit, all'],
      'example.com/project': ['a'],
    })
  })

  it('AUTH-73: names nobody to act as without a user', () => {
    const lines = ['Impersonate-Group', 'admins', 'Impersonate-Uid', '1', 'Impersonate-Extra-a', 'b']
    expect(of(...token, ...lines)).toEqual({ token: 'anna-token' })
  })

  it('names a uid', () => {
    expect(of(...token, 'Impersonate-User', 'anna', 'Impersonate-Uid', 'u-1')?.impersonate).toEqual({
      user: 'anna',
      groups: [],
      uid: 'u-1',
    })
  })

  it.each([
    ['two users', ['Impersonate-User', 'anna', 'Impersonate-User', 'bob']],
    ['two uids', ['Impersonate-User', 'anna', 'Impersonate-Uid', '1', 'Impersonate-Uid', '2']],
    ['an extra without a name', ['Impersonate-User', 'anna', 'Impersonate-Extra-', 'x']],
    ['an extra that cannot be decoded', ['Impersonate-User', 'anna', 'Impersonate-Extra-%zz', 'x']],
  ])('AUTH-T38: is refused with %s', (_what, lines) => {
    expect(codeOf(...token, ...lines)).toBe('400 BIN-AUTH-REQUEST')
  })

  it.each([
    'impersonate-user',
    'close, Impersonate-Group',
    'Authorization',
    'keep-alive,impersonate-extra-a',
    'cookie',
  ])('AUTH-74: is refused where `Connection: %s` takes lines away on the way', (line) => {
    expect(codeOf(...token, 'Impersonate-User', 'anna', 'Connection', line)).toBe('400 BIN-AUTH-REQUEST')
  })

  it.each(['keep-alive', 'close', 'upgrade'])('AUTH-74: may come with `Connection: %s`', (line) => {
    expect(of(...token, 'Connection', line)).toEqual({ token: 'anna-token' })
  })

  it.each([
    ['UTF-8', Buffer.from('Müller').toString('latin1'), 'Müller'],
    ['Latin-1', 'Müller', 'Müller'],
  ])('is read in %s', (_what, line, name) => {
    expect(readable(line)).toBe(name)
  })
})
