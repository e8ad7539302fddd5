/** A namespace that we may get by its name and not list: asked for again and again. */
import type { KubeApi } from '../kube/api.ts'
import type { ReflectorStats, Sink } from '../kube/collection.ts'
import { thrown } from '../kube/failure.ts'
import type { Reflector, ReflectorState } from '../kube/reflector.ts'
import { pause, type Surroundings } from '../kube/surroundings.ts'

const askEveryMs = 30_000
const askAgainMs = 5_000

export function followByName(
  api: KubeApi,
  name: string,
  sink: Sink,
  { clock, timers, log }: Surroundings,
  onState: (state: ReflectorState) => void,
): Reflector {
  const path = `/api/v1/namespaces/${encodeURIComponent(name)}`
  const stats: ReflectorStats = {
    events: 0,
    bytes: 0,
    restarts: 0,
    silences: 0,
    relists: 0,
    sinkErrors: 0,
    lastByteAt: 0,
    mode: 'polled',
  }
  const stopped = new AbortController()
  let pausing = new AbortController()
  let synced = false
  let failing = false

  async function ask(): Promise<boolean> {
    try {
      const object = await api.get(path, { signal: stopped.signal })
      stats.events++
      stats.lastByteAt = clock()
      sink.put(object)
    } catch (error) {
      if (stopped.signal.aborted) return false
      const failure = thrown(api.cluster, `GET ${path}`, error)
      if (failure.reason !== 'absent') {
        failing = true
        onState({ state: 'failing', failure, synced })
        return false
      }
      sink.remove({ metadata: { name } })
    }
    synced = true
    failing = false
    onState({ state: 'live' })
    return true
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      const delayMs = (await ask()) ? askEveryMs : askAgainMs
      pausing = new AbortController()
      if (!stopped.signal.aborted) await pause(timers, delayMs, pausing.signal)
    }
  }
  void run().catch((error: unknown) =>
    log('error', 'a namespace is no longer followed', { cluster: api.cluster, error }),
  )

  const restart = (): void => pausing.abort()
  return {
    stats,
    isOpen: false,
    get isWaiting() {
      return failing
    },
    restart,
    distrust: restart,
    stop: () => {
      stopped.abort()
      pausing.abort()
    },
  }
}
