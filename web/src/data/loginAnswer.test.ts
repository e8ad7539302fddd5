import { describe, expect, it } from 'vitest'
import { loginAnswer } from './loginAnswer.ts'

describe('what a login left in the address', () => {
  it.each([
    ['a word of the provider', '?openid_error=timeout', { failure: 'timeout' }],
    ['a word of a cluster', '?openshift_error=token&cluster=west', { failure: 'token', cluster: 'west' }],
    ['a text that is no word of ours', '?openid_error=Call+0123+now', { failure: 'other' }],
    ['markup', '?error=%3Cimg+src%3Dx%3E&error_description=your+session+is+stolen', { failure: 'other' }],
    ['nothing', '?namespaces=shop', {}],
  ])('is a word of a closed set: %s', (_why, search, answer) => {
    expect(loginAnswer(search, '').answer).toEqual(answer)
  })

  it.each([
    ['all of it goes', '?openshift_error=idp&cluster=west', ''],
    ['a code goes, even alone', '?code=c0de&state=st4te&iss=https://idp', ''],
    ['a token goes', '?oauth_token=t0ken', ''],
    ['what is ours stays', '?openid_error=idp&namespaces=shop', '?namespaces=shop'],
    ['a cluster that is looked at stays', '?cluster=west&namespaces=shop,pay', '?cluster=west&namespaces=shop,pay'],
  ])('leaves a clean address: %s', (_why, search, rest) => {
    expect(loginAnswer(search, '').search).toBe(rest)
  })

  it('takes tokens out of the fragment, and leaves other fragments', () => {
    expect(loginAnswer('', '#access_token=abc&state=x').hash).toBe('')
    expect(loginAnswer('', '#part').hash).toBe('#part')
  })
})
