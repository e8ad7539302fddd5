/**
 * The ordered diagnosis of one cluster. It connects on its own, beside the connection that the console lives on: it sees
 * what a newcomer would see, and takes nothing away. Each step has its time limit; what a failed one carries is skipped.
 */
import type { Diagnosis, DiagnosisFinding, DiagnosisStep, DiagnosisStepName, RightsRow } from '@binocle/api/diagnosis'
import { diagnosisSteps } from '@binocle/api/diagnosis'
import type { ClusterName } from '@binocle/api/identity'
import type { ClusterAccess } from '../kube/access.ts'
import { createKubeApi, type KubeApi } from '../kube/api.ts'
import type { ClusterSpec, UsableSpec } from '../kube/spec.ts'
import { apiGroupsOutcome, type ServedGroups, servedGroups } from './apiGroups.ts'
import { authentication } from './authentication.ts'
import { certificatesOutcome, type Expiry, expiriesOf, meshRoots } from './certificates.ts'
import { clockOutcome } from './clock.ts'
import { type ControlPlanesSeen, istiodOutcome, lookForIstiods } from './istiod.ts'
import { labelsOutcome } from './labels.ts'
import { namesOutcome } from './names.ts'
import { dateOver } from './network.ts'
import { askRights, rightsOutcome } from './rights.ts'
import { fromProblem, type Outcome, ok, runStep, type StepSurroundings, skipped, trouble, worstOf } from './step.ts'
import { type TelemetryFacts, telemetryOutcome } from './telemetry.ts'
import { reach, type Way } from './way.ts'

export interface DiagnosisTarget {
  readonly spec: ClusterSpec
  /** All clusters that the console knows. */
  readonly clusters: readonly ClusterName[]
  /** Whether the console shall be able to change things there. */
  readonly edit: boolean
  /** Whether it asks there as the people who log in. */
  readonly impersonate?: boolean
  /** Where the mesh keeps its root certificate, e.g. `istio-system`. */
  readonly rootNamespace: string
  /** Undefined: no Prometheus is configured. */
  readonly telemetry?: () => Promise<TelemetryFacts>
}

/** Together less than the 30 s that one answer of the console may take. */
const limits = { telemetryMs: 8_000, answerMs: 4_000, listMs: 6_000, rightsMs: 9_000, istiodMs: 5_000 }

/** Never rejects, and ends within half a minute whatever the cluster does. */
export async function diagnose(target: DiagnosisTarget, surroundings: StepSurroundings): Promise<Diagnosis> {
  const { spec } = target
  const { clock } = surroundings
  const at = clock()
  const telemetry = telemetryStep(target, surroundings)
  const seen = 'problem' in spec ? notConfigured(spec) : await throughAll(spec, target, surroundings)
  const steps = new Map([...seen.steps, (await telemetry).step].map((step) => [step.name, step]))
  const ordered = diagnosisSteps.flatMap((name) => steps.get(name) ?? [])
  return {
    cluster: spec.name,
    state: worstOf(ordered.map(({ state }) => state)),
    at,
    durationMs: Math.max(0, clock() - at),
    apiEndpoint: 'problem' in spec ? spec.server : spec.access.server,
    ...(seen.identity === undefined ? {} : { identity: seen.identity }),
    steps: ordered,
    rights: seen.rights,
  }
}

/** All that was seen of the cluster itself. */
interface Seen {
  readonly steps: readonly DiagnosisStep[]
  readonly rights: RightsRow[]
  readonly identity?: string
}

function notConfigured(spec: Extract<ClusterSpec, { problem: unknown }>): Seen {
  const step = { title: 'Configuration', ...fromProblem(spec.problem, 'The cluster cannot be tried.', 'failed') }
  return {
    steps: [{ name: 'configuration', ...step, durationMs: 0 }, ...rest(1, 'Its kubeconfig cannot be used.')],
    rights: [],
  }
}

/** Every step from `index` on but telemetry, which stands on its own. */
const rest = (index: number, why: string): DiagnosisStep[] =>
  diagnosisSteps
    .slice(index)
    .filter((name) => name !== 'telemetry')
    .map((name) => skipped(name, why))

async function throughAll(spec: UsableSpec, target: DiagnosisTarget, surroundings: StepSurroundings): Promise<Seen> {
  const { access } = spec
  let api: KubeApi | undefined
  const configuration = await runStep('configuration', surroundings, limits.answerMs, () => {
    try {
      api = createKubeApi(access, { requests: 8 })
    } catch {
      const cause = 'Its CA, client certificate, key or proxy cannot be used.'
      return trouble('failed', 'The cluster cannot be tried.', cause, 'Mend it.', { code: 'BIN-CLUSTER-CONFIG' })
    }
    return configured(spec)
  })
  if (api === undefined) return { steps: [configuration, ...rest(1, 'Its kubeconfig cannot be used.')], rights: [] }
  const way = await reach(access, surroundings)
  const begun = [configuration, ...way.steps]
  try {
    if (way.blocked !== undefined) return { steps: [...begun, ...rest(begun.length, way.blocked)], rights: [] }
    const [clock, above] = await Promise.all([
      clockStep(access, way, surroundings),
      aboveTls(api, access, way, target, surroundings),
    ])
    return { ...above, steps: [...begun, clock, ...above.steps] }
  } finally {
    way.close()
    await api.close().catch(() => {})
  }
}

function configured({ access, origin, notes = [] }: UsableSpec): Outcome {
  const { server, tls, credential, proxy } = access
  const whose =
    credential.kind !== 'none'
      ? `a credential of kind ${credential.kind}`
      : tls.client === undefined
        ? 'no credential'
        : 'a client certificate'
  const from = origin === undefined ? '' : `, from ${origin}`
  const found = `${server}${proxy === undefined ? '' : ' through a proxy'}, with ${whose}${from}.`
  const [note] = notes
  if (note !== undefined) {
    const findings = notes.map(({ message }): DiagnosisFinding => ({ state: 'warning', text: message }))
    return { ...fromProblem(note, found, 'warning'), findings }
  }
  if (credential.kind === 'none' && tls.client === undefined) {
    const remedy = 'Give a token, a token file or a client certificate.'
    return trouble('warning', found, 'The kubeconfig holds no credential for it.', remedy, {
      code: 'BIN-CLUSTER-CONFIG',
    })
  }
  return ok(found)
}

function clockStep({ server }: ClusterAccess, { secure }: Way, surroundings: StepSurroundings) {
  const { clock } = surroundings
  return runStep('clock', surroundings, limits.answerMs, async (signal) => {
    if (secure === undefined)
      return { state: 'skipped', found: 'Not looked at.', cause: 'There is no TLS connection of our own.' }
    const before = clock()
    try {
      return clockOutcome(await dateOver(secure, server, signal), before, clock())
    } catch {
      return trouble('unknown', 'Its clock was not seen.', 'It did not answer.', 'See the step that failed.')
    }
  })
}

async function aboveTls(
  api: KubeApi,
  access: ClusterAccess,
  way: Way,
  target: DiagnosisTarget,
  surroundings: StepSurroundings,
): Promise<Seen> {
  const { clock } = surroundings
  let identity: string | undefined
  const known = await runStep('authentication', surroundings, limits.answerMs, async (signal) => {
    const { outcome, ...who } = await authentication(api, access.credential, signal)
    identity = who.identity
    return outcome
  })
  const who = identity === undefined ? {} : { identity }
  const expiries = expiriesOf(access, way.certificate)
  if (known.state === 'failed') {
    const certificates = await runStep('certificates', surroundings, limits.answerMs, () =>
      certificatesOutcome(expiries, clock()),
    )
    const why = 'It does not answer us, or does not know us: see Authentication.'
    return { steps: [...rest(diagnosisSteps.indexOf('rights'), why), known, certificates], rights: [], ...who }
  }
  const inside = await Promise.all([
    groupsAndRights(api, target, surroundings),
    istiodAndNames(api, target, surroundings),
    runStep('labels', surroundings, limits.listMs, (signal) => labelsOutcome(api, signal)),
    certificatesStep(api, expiries, target, surroundings),
  ])
  const [{ rights, steps: first }, istiod, labels, certificates] = inside
  return { steps: [known, ...first, ...istiod, labels, certificates], rights, ...who }
}

async function groupsAndRights(
  api: KubeApi,
  { edit, impersonate = false }: DiagnosisTarget,
  surroundings: StepSurroundings,
): Promise<Seen> {
  let served: ServedGroups | undefined
  const groups = await runStep('apiGroups', surroundings, limits.answerMs, async (signal) => {
    served = await servedGroups(api, signal)
    return apiGroupsOutcome(served)
  })
  const names = served === undefined ? undefined : new Set(served.groups.keys())
  let rights: RightsRow[] = []
  const step = await runStep('rights', surroundings, limits.rightsMs, async (signal) => {
    rights = await askRights(api, names, { edit, impersonate }, signal)
    return rightsOutcome(rights)
  })
  return { steps: [groups, step], rights }
}

async function istiodAndNames(
  api: KubeApi,
  { spec, clusters, telemetry }: DiagnosisTarget,
  surroundings: StepSurroundings,
): Promise<readonly DiagnosisStep[]> {
  let seen: ControlPlanesSeen | undefined
  const istiod = await runStep('istiod', surroundings, limits.listMs + limits.istiodMs, async (signal) => {
    seen = await lookForIstiods(api, signal)
    return istiodOutcome(api, seen, limits.istiodMs)
  })
  const names = await runStep('names', surroundings, limits.telemetryMs, async () => {
    const metrics = await telemetry?.()
    return namesOutcome({
      cluster: spec.name,
      istiods: seen,
      telemetry: metrics === undefined || metrics.problem !== undefined ? undefined : [...metrics.lastSeenMs.keys()],
      clusters,
    })
  })
  return [istiod, names]
}

function certificatesStep(
  api: KubeApi,
  expiries: readonly Expiry[],
  { rootNamespace }: DiagnosisTarget,
  surroundings: StepSurroundings,
): Promise<DiagnosisStep> {
  return runStep('certificates', surroundings, limits.answerMs, async (signal) =>
    certificatesOutcome([...expiries, ...(await meshRoots(api, rootNamespace, signal))], surroundings.clock()),
  )
}

async function telemetryStep({ spec, telemetry }: DiagnosisTarget, surroundings: StepSurroundings) {
  const name: DiagnosisStepName = 'telemetry'
  const step = await runStep(name, surroundings, limits.telemetryMs, async () =>
    telemetryOutcome(spec.name, await telemetry?.(), surroundings.clock()),
  )
  return { step }
}
