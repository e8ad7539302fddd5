/** Does the cluster's clock agree with ours? Tokens, certificates and "the last five minutes" depend on it. */
import { span } from './ago.ts'
import { type Outcome, ok, trouble } from './step.ts'

/** HTTP dates have whole seconds, and an answer takes its time. */
const noticedMs = 5_000
/** Istio dates its certificates back by two minutes: beyond that they are not valid yet for the other side. */
const harmfulMs = 120_000

/** Unix ms: the server's date, and ours before and after the question. */
export function clockOutcome(serverMs: number | undefined, beforeMs: number, afterMs: number): Outcome {
  if (serverMs === undefined) {
    return trouble('unknown', 'The server does not say what time it is.', 'Its answer has no date.', 'Nothing to do.')
  }
  const skewMs = skew(serverMs, beforeMs, afterMs)
  if (Math.abs(skewMs) < noticedMs) return ok('Its clock agrees with ours.')
  const found = `Its clock is ${span(skewMs)} ${skewMs > 0 ? 'ahead of' : 'behind'} ours.`
  return trouble(
    Math.abs(skewMs) < harmfulMs ? 'warning' : 'failed',
    found,
    'Tokens and certificates may be refused as expired or not valid yet, and windows of time do not fit its metrics.',
    'Let both machines follow NTP, and look which of the two is wrong.',
  )
}

/** 0 while the date may be any moment between question and answer. */
function skew(serverMs: number, beforeMs: number, afterMs: number): number {
  if (serverMs + 1_000 < beforeMs) return serverMs + 1_000 - beforeMs
  return serverMs > afterMs ? serverMs - afterMs : 0
}
