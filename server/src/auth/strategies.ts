/** The one strategy that a server runs, by its configuration. */
import { anonymousStrategy, type Strategy } from './auth.ts'
import { createHeaderStrategy } from './header.ts'
import type { StrategyParts } from './parts.ts'
import { createTokenStrategy } from './token.ts'

/**
 * What speaks to providers is loaded only where there is one. Rejects with BIN-CONFIG-... for what a strategy needs and the configuration does not have.
 */
export async function createStrategy(parts: StrategyParts): Promise<Strategy> {
  const { strategy } = parts.config.auth
  switch (strategy) {
    case 'anonymous':
      return anonymousStrategy
    case 'token':
      return createTokenStrategy(parts)
    case 'openshift':
      return (await import('./openshift/start.ts')).startOpenShift(parts)
    case 'header':
      return createHeaderStrategy(parts)
    case 'openid':
      return (await import('./openid/openid.ts')).createOpenIdStrategy(parts)
  }
}
