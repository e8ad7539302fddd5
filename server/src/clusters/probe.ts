/** Asks an API server whether it is there and knows us. A question of its own, so that nothing else has to wait for it. */
import type { Problem } from '@binocle/api/problem'
import { isRecord, text } from '../inventory/json.ts'
import type { KubeApi } from '../kube/api.ts'
import { type FailureReason, KubeFailure, thrown } from '../kube/failure.ts'
import { pause, type Surroundings } from '../kube/surroundings.ts'

export type Probe =
  | { readonly ok: true; readonly tookMs: number; readonly version?: string }
  | { readonly ok: false; readonly cause: Problem; readonly reason: FailureReason }

const timeoutMs = 3_000
/** From one attempt to the next. */
const attemptMs = 1_000

/**
 * Undefined when it was aborted. `newestByteAt`: when any watch last brought something, Unix ms. `attempts`: what hangs
 * in a server that was stopped may never be answered, so it is asked again meanwhile; the first answer counts.
 */
export async function probe(
  api: KubeApi,
  signal: AbortSignal,
  { clock, timers }: Pick<Surroundings, 'clock' | 'timers'>,
  newestByteAt: () => number,
  attempts = 1,
): Promise<Probe | undefined> {
  const begunAt = clock()
  const there = (version?: string, since = begunAt): Probe => ({
    ok: true,
    tookMs: clock() - since,
    ...(version === undefined ? {} : { version }),
  })
  try {
    const { answer, since } = await firstAnswer(api, signal, { clock, timers }, attempts)
    const version = isRecord(answer) ? text(answer, 'gitVersion') : ''
    if (version !== '') return there(version, since)
    const said = `${api.cluster} answers GET /version with no Kubernetes version`
    throw new KubeFailure('answer', api.cluster, said)
  } catch (error) {
    if (signal.aborted) return undefined
    const failure = thrown(api.cluster, 'GET /version', error)
    // Refused by name: but it is there, and knows us.
    if (failure.reason === 'forbidden') return there()
    // Too busy sending us objects to answer in time is not away.
    if (failure.reason === 'unreachable' && newestByteAt() > begunAt + timeoutMs / 2) return there()
    return { ok: false, cause: failure.problem, reason: failure.reason }
  }
}

/** What settles first, an answer or a refusal, is it; the others are given up. `since`: when it was asked, Unix ms. */
async function firstAnswer(
  api: KubeApi,
  signal: AbortSignal,
  { clock, timers }: Pick<Surroundings, 'clock' | 'timers'>,
  attempts: number,
): Promise<{ readonly answer: unknown; readonly since: number }> {
  const rest = new AbortController()
  const giveUp = (): void => rest.abort()
  signal.addEventListener('abort', giveUp)
  try {
    return await Promise.race(
      Array.from({ length: attempts }, async (_, attempt) => {
        const waitMs = attempt * attemptMs
        if (waitMs > 0) await pause(timers, waitMs, rest.signal)
        if (rest.signal.aborted) throw new DOMException('given up', 'AbortError')
        const since = clock()
        return { answer: await api.get('/version', { signal: rest.signal, timeoutMs: timeoutMs - waitMs }), since }
      }),
    )
  } finally {
    signal.removeEventListener('abort', giveUp)
    rest.abort()
  }
}
