/** The one strategy that a server runs, by its configuration. */
import { anonymousStrategy, type Strategy } from './auth.ts'
import { createHeaderStrategy } from './header.ts'
import { createOpenIdStrategy } from './openid/openid.ts'
import { startOpenShift } from './openshift/start.ts'
import type { StrategyParts } from './parts.ts'
import { createTokenStrategy } from './token.ts'

/** Throws BIN-CONFIG-KEY for what a strategy needs and the configuration does not have. */
export function createStrategy(parts: StrategyParts): Strategy {
  const { strategy } = parts.config.auth
  switch (strategy) {
    case 'anonymous':
      return anonymousStrategy
    case 'token':
      return createTokenStrategy(parts)
    case 'openshift':
      return startOpenShift(parts)
    case 'header':
      return createHeaderStrategy(parts)
    case 'openid':
      return createOpenIdStrategy(parts)
  }
}
