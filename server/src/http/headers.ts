/** The security headers of every answer, and the policy of what a page may load. */
import type { ServerConfig } from '../config/server.ts'

export interface SecurityHeaders {
  /** Of every answer; `isSecure`: the client's way to us is encrypted. */
  everyAnswer(isSecure: boolean): Readonly<Record<string, string>>
  /** Instead, for what a browser shows as a page. */
  readonly page: Readonly<Record<string, string>>
}

export function securityHeaders(
  config: Pick<ServerConfig, 'frameAncestors' | 'hstsIncludeSubdomains'>,
): SecurityHeaders {
  const framed = config.frameAncestors ?? []
  const plain = { ...common, ...(framed.length === 0 ? { 'x-frame-options': 'DENY' } : {}) }
  const year = 31_536_000
  const secure = {
    ...plain,
    'strict-transport-security': `max-age=${year}${config.hstsIncludeSubdomains === true ? '; includeSubDomains' : ''}`,
  }
  return {
    everyAnswer: (isSecure) => (isSecure ? secure : plain),
    page: { 'content-security-policy': pagePolicy(framed), 'cache-control': 'no-store' },
  }
}

const policy = (directives: Readonly<Record<string, string>>): string =>
  Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`.trim())
    .join('; ')

/** The page loads nothing but our own files; styles and scripts stand in files, never inline. */
const pagePolicy = (frameAncestors: readonly string[]): string =>
  policy({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' data:",
    'font-src': "'self'",
    'connect-src': "'self'",
    'worker-src': "'self'",
    'manifest-src': "'self'",
    'base-uri': "'self'",
    'form-action': "'self'",
    'frame-ancestors': frameAncestors.length === 0 ? "'none'" : frameAncestors.join(' '),
    'object-src': "'none'",
  })

/** An answer of the API is never a page. */
const answerPolicy: string = policy({ 'default-src': "'none'", 'frame-ancestors': "'none'", sandbox: '' })

const common: Readonly<Record<string, string>> = {
  'content-security-policy': answerPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-xss-protection': '0',
  vary: 'Accept-Encoding, Cookie, Authorization, Origin',
}
