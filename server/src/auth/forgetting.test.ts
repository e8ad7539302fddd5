import { describe, expect, it } from 'vitest'
import { forgettingLines } from './forgetting.ts'

describe('a browser that cannot ask any more', () => {
  it('AUTH-T46: is told to forget every cookie of its sessions', () => {
    const attributes = { secure: true, sameSite: 'Strict', path: '/kiali' } as const
    const lines = forgettingLines(['east'], { attributes, maxChunks: 3, prefix: '' })
    expect(lines.map((line) => line.split(';')[0])).toEqual([
      'kiali-token-chunks-east=',
      'kiali-token-east=',
      'kiali-token-east-1=',
      'kiali-token-east-2=',
    ])
    expect(lines[0]).toContain('Path=/kiali; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Secure')
  })
})
