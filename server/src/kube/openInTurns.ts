/**
 * A new connection costs a millisecond or two before anything is sent, and its handshake as much again. When many
 * clusters begin at once there are hundreds: they are opened a few at a time, so that others get their turn in between.
 */
import type { buildConnector } from 'undici'
import { createPacer, type Pacer } from '../outbound/pacer.ts'

/** Of all clusters: they share one event loop. */
const shared = createPacer({ budgetMs: 2 })

/** Opens as `connector` does, in its turn. */
export function openInTurns(
  connector: buildConnector.connector,
  pacer: Pick<Pacer, 'run'> = shared,
): buildConnector.connector {
  return (to, callback) => {
    pacer
      .run(() => connector(to, callback))
      .catch((error: unknown) => callback(error instanceof Error ? error : new Error('not opened'), null))
  }
}
