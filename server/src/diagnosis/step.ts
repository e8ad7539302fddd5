/** One step of a diagnosis: its work has a time limit of its own, and whatever it throws becomes its cause. */
import type { DiagnosisFinding, DiagnosisState, DiagnosisStep, DiagnosisStepName } from '@binocle/api/diagnosis'
import type { Problem } from '@binocle/api/problem'
import { BinocleError } from '../errors.ts'
import { KubeFailure } from '../kube/failure.ts'
import type { Timers } from '../kube/surroundings.ts'

/** What a step says; name, title and duration are added where it is run. */
export type Outcome = Pick<DiagnosisStep, 'cause' | 'code' | 'findings' | 'found' | 'remedy' | 'state'>

export interface StepSurroundings {
  /** Unix ms. */
  readonly clock: () => number
  readonly timers: Timers
}

export const titles: Readonly<Record<DiagnosisStepName, string>> = {
  configuration: 'Configuration',
  dns: 'DNS',
  tcp: 'TCP',
  tls: 'TLS',
  authentication: 'Authentication',
  rights: 'Rights',
  apiGroups: 'API groups',
  istiod: 'istiod',
  names: 'Names of the cluster',
  labels: 'Labels of workloads',
  clock: 'Clock',
  certificates: 'Certificates and tokens',
  telemetry: 'Telemetry',
}

/** Never rejects. `work` is told by its signal when nobody waits for it any more. */
export async function runStep(
  name: DiagnosisStepName,
  { clock, timers }: StepSurroundings,
  limitMs: number,
  work: (signal: AbortSignal) => Promise<Outcome> | Outcome,
): Promise<DiagnosisStep> {
  const begunAt = clock()
  const controller = new AbortController()
  let cancel = (): void => {}
  const late = new Promise<Outcome>((resolve) => {
    const giveUp = (): void => {
      // The outcome first: whatever ends because of the signal comes too late to be told.
      resolve(outOfTime(limitMs))
      controller.abort()
    }
    // An answer that lies ready while this process was busy is one in time: it is read before.
    cancel = timers.after(limitMs, () => setImmediate(giveUp))
  })
  const outcome = await Promise.race([attempt(work, controller.signal), late])
  cancel()
  return { name, title: titles[name], ...outcome, durationMs: Math.max(0, clock() - begunAt) }
}

export const skipped = (name: DiagnosisStepName, cause: string): DiagnosisStep => ({
  name,
  title: titles[name],
  state: 'skipped',
  found: 'Not looked at.',
  cause,
  durationMs: 0,
})

export const ok = (found: string, findings?: readonly DiagnosisFinding[]): Outcome => ({
  state: 'ok',
  found,
  ...listed(findings),
})

/** Anything but `ok`: what was found, why that is not well, and what to do. */
export function trouble(
  state: 'failed' | 'unknown' | 'warning',
  found: string,
  cause: string,
  remedy: string,
  more: { readonly code?: string; readonly findings?: readonly DiagnosisFinding[] } = {},
): Outcome {
  return {
    state,
    found,
    cause,
    remedy,
    ...(more.code === undefined ? {} : { code: more.code }),
    ...listed(more.findings),
  }
}

export function fromProblem(problem: Problem, found: string, state: 'failed' | 'unknown' | 'warning'): Outcome {
  const { code, message, remedy } = problem
  return { state, found, cause: message, code, ...(remedy === undefined ? {} : { remedy }) }
}

const severity: readonly DiagnosisState[] = ['failed', 'warning', 'unknown', 'ok', 'skipped']

/** Worst first; equal ones stay in their order. */
export const worstFirst = (findings: readonly DiagnosisFinding[]): DiagnosisFinding[] =>
  [...findings].sort((a, b) => severity.indexOf(a.state) - severity.indexOf(b.state))

export const worstOf = (states: readonly DiagnosisState[]): 'failed' | 'ok' | 'unknown' | 'warning' =>
  states.includes('failed')
    ? 'failed'
    : states.includes('warning')
      ? 'warning'
      : states.includes('unknown')
        ? 'unknown'
        : 'ok'

const listed = (findings: readonly DiagnosisFinding[] | undefined): Pick<Outcome, 'findings'> =>
  findings === undefined || findings.length === 0 ? {} : { findings: worstFirst(findings) }

async function attempt(
  work: (signal: AbortSignal) => Promise<Outcome> | Outcome,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    return await work(signal)
  } catch (error) {
    if (error instanceof KubeFailure || error instanceof BinocleError) {
      return fromProblem(error.problem, 'The question was not answered.', 'failed')
    }
    const why = error instanceof Error ? error.message : String(error)
    return trouble('unknown', 'Could not be found out.', why, 'Try again; if it stays, report it with the log.')
  }
}

const outOfTime = (limitMs: number): Outcome =>
  trouble(
    'failed',
    `No answer within ${limitMs / 1000} s.`,
    'The API server, or something between, accepts the question and does not answer it.',
    'Look at the load and the log of the API server, and at firewalls between.',
    { code: 'BIN-CLUSTER-UNREACHABLE' },
  )
