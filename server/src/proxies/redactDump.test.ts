import { describe, expect, it } from 'vitest'
import { redactedElement } from './redactDump.ts'

const hidden = (value: object): string => redactedElement(JSON.stringify(value))

describe('of a proxy’s configuration', () => {
  it.each([
    ['a private key', { secret: { tls_certificate: { private_key: { inline_bytes: 'c2VjcmV0' } } } }],
    ['a private key as libraries write it', { tlsCertificate: { privateKey: { inlineString: 'c2VjcmV0' } } }],
    ['keys of session tickets', { session_ticket_keys: { keys: [{ inline_bytes: 'c2VjcmV0' }] } }],
    ['a generic secret', { generic_secret: { secret: { inline_string: 'c2VjcmV0' } } }],
    ['the secret of an OAuth2 filter', { credentials: { token_secret: { inline_string: 'c2VjcmV0' } } }],
    ['a password', { auth_password: { inline_string: 'c2VjcmV0' } }],
    ['a token in the environment', { node: { metadata: { ACCESS_TOKEN: 'c2VjcmV0' } } }],
    [
      'a header that carries a credential',
      { headers: [{ header: { key: 'Authorization', value: 'Bearer c2VjcmV0' } }] },
    ],
    ['a key in the middle of a text', { code: 'x = "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0"' }],
  ])('AUTH-165: %s is not shown', (_what, value) => {
    const text = hidden(value)
    expect(text).not.toContain('c2VjcmV0')
    expect(text).toContain('[redacted]')
  })

  it.each([
    ['an authority', { validation_context: { trusted_ca: { inline_bytes: 'cHVibGlj' } } }],
    ['the file of a key', { private_key: { filename: '/etc/certs/key.pem' } }],
    ['the names of secrets', { sds_secret_configs: [{ name: 'default' }] }],
    ['other headers', { headers: [{ header: { key: 'x-token-free', value: 'yes' } }] }],
    ['nothing of the kind', { cluster: { name: 'outbound|80||cart' } }],
  ])('%s is', (_what, value) => {
    expect(JSON.parse(hidden(value))).toEqual(value)
  })
})
