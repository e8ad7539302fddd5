/** What is broken on purpose, switchable while the server runs. */

export interface FaultState {
  /**
   * `down`: connections are refused, open ones cut. `blackHole`: connections are accepted and never answered.
   * `frozen`: as a stopped process: nothing moves, and goes on where it was when it thaws.
   */
  readonly connection: 'ok' | 'down' | 'blackHole' | 'frozen'
  /** What new connections are shown; open ones stay as they are. */
  readonly certificate: CertificateState
  /** Added before each answer. */
  readonly slowMs: number
  /** Resources that nobody may touch, as `pods` or `gateways.networking.istio.io`; `*` = all. */
  readonly forbidden: readonly string[]
  /** All tokens are answered 401. */
  readonly tokenExpired: boolean
  /**
   * Watches open, but say nothing any more, not even that they end. `held`: as by a proxy that holds them back, and they
   * go on where they were when it heals. `lost`: those that were open meanwhile stay silent for good, as a connection
   * does that was forgotten on the way.
   */
  readonly watches: 'ok' | 'held' | 'lost'
  /** 0, or the 5xx (or 429) that every request gets. */
  readonly error: number
  /** What comes instead of the answer: a proxy's page, broken JSON, or half of it and a cut connection. */
  readonly answer: 'ok' | 'html' | 'garbage' | 'truncated'
  /** Every version is too old: 410 for watches and continue tokens. */
  readonly goneStorm: boolean
  /** The server's clock is ahead of ours by so much: in the header `Date`, in new objects, for tokens. */
  readonly clockSkewMs: number
  /** Where a 410 of a watch is said. */
  readonly goneAs: 'event' | 'status'
  /** `refused`: 422, as without the feature. `errorEvent`: 200 and one ERROR event, as with an old etcd. */
  readonly streamingLists: 'served' | 'refused' | 'errorEvent'
  /** What listens in its pods: refuses connections, answers after half a minute, or answers a page instead of JSON. */
  readonly istiod: 'ok' | 'down' | 'slow' | 'garbage'
  /** The protocols in which ports are forwarded; old servers, and proxies before servers, know one only. */
  readonly forwards: 'both' | 'spdy' | 'webSocket'
}

export const CERTIFICATE_STATES = ['ok', 'expired', 'notYetValid', 'otherCa', 'otherName'] as const

/** `otherCa`: signed by an authority that no client was told of. `otherName`: for a host that is not this one. */
export type CertificateState = (typeof CERTIFICATE_STATES)[number]

export const healthy: FaultState = {
  connection: 'ok',
  certificate: 'ok',
  clockSkewMs: 0,
  slowMs: 0,
  forbidden: [],
  tokenExpired: false,
  watches: 'ok',
  error: 0,
  answer: 'ok',
  goneStorm: false,
  goneAs: 'event',
  streamingLists: 'served',
  istiod: 'ok',
  forwards: 'both',
}

export interface Faults {
  readonly state: FaultState
  /** Resolves when the change is in force (for `down`: when the port is closed). */
  set(change: Partial<FaultState>): Promise<void>
  /** The same, and cuts the connections that are open: a load balancer was restarted, and clients come anew. */
  strike(change: Partial<FaultState>): Promise<void>
  /** Back to `healthy`; a listener that was down listens on the same port again. */
  heal(): Promise<void>
  /** Undefined while things move; else resolves when they move again. */
  moving(): Promise<void> | undefined
  /** The same for what watches say. */
  telling(): Promise<void> | undefined
  /** How often all watches that were open were lost. */
  readonly losses: number
}

/** What a change means for the network. */
export interface Wire {
  connect(connection: FaultState['connection'], before: FaultState['connection']): Promise<void>
  present(certificate: CertificateState): Promise<void>
  cut(): void
}

export function createFaults(initial: Partial<FaultState>, wire: Wire): Faults {
  let state: FaultState = { ...healthy, ...initial }
  let stopped = stops(state) ? stop() : undefined
  let held = state.watches === 'held' ? stop() : undefined
  let losses = 0
  let connecting = Promise.resolve()

  async function set(change: Partial<FaultState>): Promise<void> {
    const before = state
    state = { ...state, ...change }
    if (stops(state)) stopped ??= stop()
    if (state.watches === 'held') held ??= stop()
    if (state.watches === 'lost' && before.watches !== 'lost') losses++
    if (state.certificate !== before.certificate) await wire.present(state.certificate)
    if (state.connection !== before.connection) {
      const [next, last] = [state.connection, before.connection]
      // One after the other: a port cannot be opened while it is being closed.
      connecting = connecting.catch(() => {}).then(() => wire.connect(next, last))
      await connecting
    }
    if (!stops(state)) {
      stopped?.release()
      stopped = undefined
    }
    if (state.watches !== 'held') {
      held?.release()
      held = undefined
    }
  }

  return {
    get state() {
      return state
    },
    set,
    strike: async (change) => {
      await set(change)
      wire.cut()
    },
    heal: () => set(healthy),
    moving: () => stopped?.released,
    telling: () => held?.released,
    get losses() {
      return losses
    },
  }
}

const stops = ({ connection }: FaultState): boolean => connection === 'frozen' || connection === 'blackHole'

function stop(): { readonly released: Promise<void>; readonly release: () => void } {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  return { released, release: () => release() }
}
