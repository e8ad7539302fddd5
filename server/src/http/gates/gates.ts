/** Which gates there are, in their order: the cheap and the general ones first, all before the body is read. */
import type { Audit } from '../../audit.ts'
import type { Config } from '../../config/config.ts'
import { BinocleError } from '../../errors.ts'
import type { External } from '../external.ts'
import type { Check, Gate } from '../incoming.ts'
import type { Route } from '../route.ts'
import { bodyGate } from './bodyGate.ts'
import { csrfGate } from './csrfGate.ts'
import { hostGate } from './hostGate.ts'
import { createRateLimits } from './rateLimits.ts'
import { viewOnlyCheck, viewOnlyReason } from './viewOnlyCheck.ts'

export interface Gates {
  readonly gates: readonly Gate[]
  readonly checks: readonly Check[]
  /** The routes with what must be counted around them. */
  guard(routes: readonly Route[]): readonly Route[]
}

export function gatesOf(
  config: Pick<Config, 'auth' | 'deployment' | 'server'>,
  { audit, external, nowMs }: { readonly audit: Audit; readonly external: External; readonly nowMs: () => number },
): Gates {
  const { rates } = config.server
  const limits = rates === undefined ? undefined : createRateLimits(rates, external, nowMs)
  const viewOnly = viewOnlyReason(config)
  return {
    gates: [
      hostGate(config, external),
      ...(limits === undefined ? [] : [limits.gate]),
      audited(csrfGate(config, external), audit),
      bodyGate,
    ],
    checks: [
      ...(limits === undefined ? [] : [limits.check]),
      ...(viewOnly === undefined ? [] : [viewOnlyCheck(audit, viewOnly)]),
    ],
    guard: (routes) =>
      limits === undefined ? routes : limits.guard(routes).map((route) => auditedLogin(route, audit)),
  }
}

/** A page that tries to change something for somebody is worth a line. */
const audited =
  (gate: Gate, audit: Audit): Gate =>
  (incoming, route) => {
    try {
      gate(incoming, route)
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : ''
      audit.record(
        { type: typeOf(route?.path), outcome: 'denied', verb: incoming.method.toLowerCase(), status: 403, reason },
        incoming,
      )
      throw error
    }
  }

/** What fails is told by the strategy; that somebody was not even heard, here. */
const auditedLogin = (route: Route, audit: Audit): Route =>
  route.path !== '/api/authenticate'
    ? route
    : {
        ...route,
        handle: async (request) => {
          try {
            return await route.handle(request)
          } catch (error) {
            if (error instanceof BinocleError && error.code === 'BIN-REQUEST-RATE') {
              const { code: reason, status } = error
              audit.record({ type: 'login', outcome: 'denied', verb: 'login', status, reason }, request.incoming)
            }
            throw error
          }
        },
      }

function typeOf(path: string | undefined): 'login' | 'logout' | 'write' {
  if (path === '/api/authenticate') return 'login'
  return path === '/api/logout' ? 'logout' : 'write'
}
