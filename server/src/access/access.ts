/**
 * From a login to a viewer: what the clusters say that this person may see. Answers are kept for a short time by
 * identity, and renewed meanwhile for who is active, so that pages rarely wait; no page waits for a cluster that is sick.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { Problem } from '@binocle/api/problem'
import type { AskAs } from '../clusters/askAs.ts'
import type { Clusters } from '../clusters/clusters.ts'
import type { ConsoleNamespaces } from '../mesh/consoleNamespaces.ts'
import { anonymousViewer } from './anonymous.ts'
import type { Decision, DecisionRules, Renewal } from './decision.ts'
import { createDecisions } from './decisions.ts'
import type { ClusterCredential, Login } from './login.ts'
import type { Viewer } from './scope.ts'
import { type ClusterView, consoleOf, noneOf, scopeOf, wholeOf } from './view.ts'

export interface Access {
  /**
   * Asks each cluster what the login may see, unless it is known and young. Never throws because of a cluster: one that
   * cannot answer yields 'unknown'.
   */
  viewerOf(login: Login): Promise<Viewer>
  /** The same for one cluster, in a form that a login can be judged by: is the credential good, is there anything to see? */
  visible(login: Login, cluster: ClusterName): Promise<Visible>
  /** The login is over: what is known of it goes, and nothing is asked for it any more. */
  forget(login: Login): void
  close(): void
}

export type Visible =
  /** Decided; there may be nothing to see. In order of name. */
  | { readonly state: 'known'; readonly namespaces: readonly string[] }
  /** The cluster does not know the credential (401). */
  | { readonly state: 'rejected' }
  /** The credential may not even ask what it may do (403), e.g. because the console may not act as this person. */
  | { readonly state: 'forbidden'; readonly cause: Problem }
  /** The cluster cannot answer now. */
  | { readonly state: 'unknown'; readonly cause: Problem }
  /** There is no such cluster, or no credential for it. */
  | { readonly state: 'absent' }

export interface AccessOptions {
  readonly clusters: Pick<Clusters, 'get' | 'list' | 'onChange'>
  /** What the console itself shows of a cluster: nobody sees more. */
  readonly namespaces: (cluster: ClusterName) => ConsoleNamespaces | undefined
  readonly ask: AskAs
  readonly rules: DecisionRules
  readonly clock: () => number
  /** Calls back once; returns how to cancel. Keeps no process alive. */
  readonly later: (callback: () => void, delayMs: number) => () => void
}

/** So long a request waits for all clusters together; what is not decided then is unknown. */
const waitMs = 2_500
/** So long it waits for refusals to be asked again, which are many for who sees little of much. */
const waitForRefusalsMs = 250

export function createAccess(options: AccessOptions): Access {
  const { clusters, namespaces, later } = options
  /** Those that left a question without an answer: nobody waits for them until they answer again. */
  const sick = new Set<ClusterName>()
  const answers = (cluster: ClusterName): boolean => {
    const state = clusters.get(cluster)?.state
    return state !== undefined && state !== 'unreachable' && state !== 'telemetry-only'
  }
  const ask: AskAs = async (credential, question) => {
    const answer = await options.ask(credential, question)
    if ('allowed' in answer) sick.delete(credential.cluster)
    else if (answer.failed === 'unknown') sick.add(credential.cluster)
    return answer
  }
  const decisions = createDecisions({ ...options, ask, answers })
  const stopHearing = clusters.onChange(({ name, state, gone }) => {
    if (gone === true || state === 'reachable' || state === 'degraded') sick.delete(name)
    if (gone === true) decisions.drop(name)
  })

  /** What has to be asked is asked; `waits` gets what it is worth waiting for. */
  function prepared(login: Login, credential: ClusterCredential, waits: Renewal[]): Decision {
    const { cluster } = credential
    const { decision, renew } = decisions.of(login, credential)
    if (!decision.isYoung(namespaces(cluster)) && answers(cluster)) {
      const isSick = sick.has(cluster)
      const renewal = renew()
      if (!isSick && renewal !== undefined) waits.push(renewal)
    }
    return decision
  }

  async function viewerOf(login: Login): Promise<Viewer> {
    const waits: Renewal[] = []
    const decided = clusters.list().map(({ name, state }): readonly [ClusterName, Decision | ClusterView] => {
      const credential = login.on(name)
      if (credential === undefined) return [name, noneOf]
      if (credential.kind === 'console') return [name, consoleOf]
      return [name, state === 'telemetry-only' ? noneOf : prepared(login, credential, waits)]
    })
    if (waits.length > 0) await settled(waits, later)
    const views = new Map(
      decided.map(([name, found]) => [name, 'view' in found ? found.view(namespaces(name)) : found]),
    )
    const isConsole = [...views.values()].every((view) => view === consoleOf)
    const scope = isConsole ? anonymousViewer.scope : scopeOf(views)
    return { name: login.user, scope, login }
  }

  async function visible(login: Login, cluster: ClusterName): Promise<Visible> {
    const credential = login.on(cluster)
    if (credential === undefined || clusters.get(cluster) === undefined) return { state: 'absent' }
    if (credential.kind === 'console') return knownOf(wholeOf(namespaces(cluster)), cluster)
    const waits: Renewal[] = []
    const decision = prepared(login, credential, waits)
    if (waits.length > 0) await settled(waits, later)
    const { failure } = decision
    if (failure?.failed === 'rejected' || failure?.failed === 'absent') return { state: failure.failed }
    if (failure?.failed === 'forbidden') return { state: 'forbidden', cause: failure.cause }
    return knownOf(decision.view(namespaces(cluster)), cluster, failure?.cause ?? clusters.get(cluster)?.cause)
  }

  return {
    viewerOf,
    visible,
    forget: (login) => {
      for (const { name } of clusters.list()) {
        const credential = login.on(name)
        if (credential !== undefined && credential.kind !== 'console') decisions.forget(credential)
      }
    },
    close: () => {
      stopHearing()
      decisions.close()
    },
  }
}

/** With something to see it is known, whatever is still open: that suffices to let somebody in. */
function knownOf({ seen, isOpen }: ClusterView, cluster: ClusterName, cause?: Problem): Visible {
  if (seen.length > 0 || !isOpen) return { state: 'known', namespaces: seen }
  const message = `${cluster} cannot say now what may be seen there.`
  return { state: 'unknown', cause: cause ?? { code: 'BIN-CLUSTER-UNREACHABLE', message, cluster } }
}

async function settled(waits: readonly Renewal[], later: AccessOptions['later']): Promise<void> {
  const isInTime = await within(Promise.all(waits.map(({ vital }) => vital)), waitMs, later)
  if (isInTime) await within(Promise.all(waits.map(({ all }) => all)), waitForRefusalsMs, later)
}

/** Whether it was done in time. `work` does not reject. */
function within(work: Promise<unknown>, delayMs: number, later: AccessOptions['later']): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = later(() => resolve(false), delayMs)
    void work.then(() => {
      cancel()
      resolve(true)
    })
  })
}
