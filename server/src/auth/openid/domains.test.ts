import { describe, expect, it } from 'vitest'
import { domainAllowed } from './domains.ts'

const verified = (email: unknown) => ({ email, email_verified: true })

describe('allowed domains', () => {
  it.each([
    ['the domain of a verified address', verified('ann@corp.example'), true],
    ['in another case', verified('ann@CORP.Example'), true],
    ['the hosted domain', { hd: 'corp.example' }, true],
    ['the hosted domain before the address', { hd: 'corp.example', ...verified('ann@home.example') }, true],
    ['an international domain in either form', verified('ann@BÜCHER.example'), true],
    ['another domain', verified('ann@home.example'), false],
    ['a domain below an allowed one', verified('ann@evil.corp.example'), false],
    ['a domain that ends as an allowed one does', verified('ann@notcorp.example'), false],
    ['an address that is not verified', { email: 'ann@corp.example', email_verified: false }, false],
    ['an address verified by the word', { email: 'ann@corp.example', email_verified: 'true' }, false],
    ['an address of which nobody says that it is verified', { email: 'ann@corp.example' }, false],
    ['two @: the last one counts', verified('ann@corp.example@evil.example'), false],
    ['a quoted address in front', verified('"ann@corp.example"@evil.example'), false],
    ['a quoted @ before an allowed domain', verified('"a@b"@corp.example'), false],
    ['no local part', verified('@corp.example'), false],
    ['no @', verified('corp.example'), false],
    ['an empty domain', verified('ann@'), false],
    ['a space behind', verified('ann@corp.example '), false],
    ['a line break behind', verified('ann@corp.example\n'), false],
    ['an address that is no text', verified(['ann@corp.example']), false],
    ['a hosted domain that is no text, whatever the address', { hd: 7, ...verified('ann@corp.example') }, false],
    ['an empty hosted domain', { hd: '', ...verified('ann@corp.example') }, false],
    ['a hosted domain of nothing', { hd: null, ...verified('ann@corp.example') }, false],
    ['neither', {}, false],
  ])('AUTH-103: %s', (_case, claims, allowed) => {
    expect(domainAllowed(claims, ['corp.example', 'xn--bcher-kva.example'])).toBe(allowed)
  })

  it('AUTH-T35: a suffix, an unverified address and a claim of another type open nothing', () => {
    const odd = [{ hd: ['corp.example'] }, verified('ann@xcorp.example'), { email: 'ann@corp.example' }]
    expect(odd.map((claims) => domainAllowed(claims, ['corp.example']))).toEqual([false, false, false])
  })

  it('let everybody in when none is named', () => {
    expect(domainAllowed({}, [])).toBe(true)
  })
})
