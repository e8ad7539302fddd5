/** The security headers of every answer, and the policy of what a page may load. */

const policy = (directives: Readonly<Record<string, string>>): string =>
  Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`.trim())
    .join('; ')

/** The page loads nothing but our own files; styles and scripts stand in files, never inline. */
export const pagePolicy: string = policy({
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
  'frame-ancestors': "'none'",
  'object-src': "'none'",
})

/** An answer of the API is never a page. */
export const answerPolicy: string = policy({ 'default-src': "'none'", 'frame-ancestors': "'none'", sandbox: '' })

export const everyAnswer: Readonly<Record<string, string>> = {
  'content-security-policy': answerPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-xss-protection': '0',
  vary: 'Accept-Encoding, Cookie, Authorization, Origin',
}
