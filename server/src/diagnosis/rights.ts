/**
 * What our identity may do in a cluster, for each verb and kind: out of the rules it holds where those are all there is,
 * else by a SelfSubjectAccessReview each, the one answer that counts webhooks too.
 */
import type { DiagnosisFinding, RightsRow } from '@binocle/api/diagnosis'
import { type ConsoleRight, consoleRights, impersonationRight } from '../access/consoleRights.ts'
import { resources } from '../inventory/kinds.ts'
import { mayDo } from '../kube/accessReview.ts'
import type { KubeApi } from '../kube/api.ts'
import { KubeFailure } from '../kube/failure.ts'
import { heldRules } from './heldRules.ts'
import { type Outcome, ok, trouble } from './step.ts'

/** What the console is there for, beyond looking. */
export interface Purpose {
  readonly edit: boolean
  readonly impersonate?: boolean
}

/** `served` = API groups of the cluster; undefined = not known. */
export async function askRights(
  api: KubeApi,
  served: ReadonlySet<string> | undefined,
  purpose: Purpose,
  signal: AbortSignal,
): Promise<RightsRow[]> {
  const rows = wantedRows(purpose)
  const granted = await heldRules(api, signal)
  const questions: Question[] = []
  for (const row of rows) {
    if (served !== undefined && row.group !== '' && !served.has(row.group)) row.notServed = true
    else
      for (const verb of row.verbs) {
        if (granted(verb, row.group, row.resource)) row.allowed.push(verb)
        else questions.push({ row, verb })
      }
  }
  await inTurns(questions, (question) => ask(api, question))
  // Answers come in any order.
  return rows.map(({ verbs, ...row }) => ({
    ...row,
    allowed: ordered(verbs, row.allowed),
    denied: ordered(verbs, row.denied),
  }))
}

/** The step's words about the table. */
export function rightsOutcome(rows: readonly RightsRow[]): Outcome {
  const asked = rows.filter(({ notServed }) => notServed === undefined)
  const verbs = asked.flatMap((row) => [...row.allowed, ...row.denied, ...row.unknown]).length
  const denied = asked.filter((row) => row.denied.length > 0 && !enough(row))
  const findings = denied.map(finding)
  const unknown = asked.flatMap(({ unknown }) => unknown).length
  if (denied.length === 0) {
    if (unknown === 0) return ok(`All ${verbs} rights that we use are granted.`)
    return trouble(
      'unknown',
      `${unknown} of ${verbs} rights could not be asked for.`,
      'The cluster did not answer every access review.',
      'Try again; look at the log of the API server if it stays.',
    )
  }
  const worst = denied.some(({ need }) => need === 'needed') ? 'failed' : 'warning'
  return trouble(
    worst,
    `${denied.length} of ${asked.length} kinds are not fully granted.`,
    `Denied: ${denied.slice(0, 4).map(rowText).join('; ')}${denied.length > 4 ? '; ...' : ''}.`,
    `Grant them, e.g. with: binocle remote-secret create${flagsFor(asked)} (docs/remote-clusters.md lists the rights).`,
    { code: 'BIN-CLUSTER-FORBIDDEN', findings },
  )
}

const flagsFor = (rows: readonly RightsRow[]): string =>
  [
    ...(rows.some(({ need }) => need === 'edit') ? [' --edit'] : []),
    ...(rows.some(({ resource }) => resource === impersonationRight.resources[0]) ? [' --impersonate'] : []),
  ].join('')

const ordered = (verbs: readonly string[], some: readonly string[]) => verbs.filter((verb) => some.includes(verb))

interface WantedRow extends RightsRow {
  readonly verbs: readonly string[]
}

interface Question {
  readonly row: WantedRow
  readonly verb: string
}

function wantedRows({ edit, impersonate = false }: Purpose): WantedRow[] {
  return [...consoleRights, ...(impersonate ? [impersonationRight] : [])].flatMap((right) =>
    concrete(right).flatMap((resource) => [
      wanted(right, resource, right.need, right.view),
      ...(edit && right.edit.length > 0 ? [wanted(right, resource, 'edit', right.edit)] : []),
    ]),
  )
}

function wanted(right: ConsoleRight, resource: string, need: RightsRow['need'], verbs: readonly string[]): WantedRow {
  const { group, purpose } = right
  return { group, resource, purpose, need, verbs, allowed: [], denied: [], unknown: [] }
}

/** Of all resources of a group, those that the console reads. */
function concrete({ group, resources: named }: ConsoleRight): readonly string[] {
  if (!named.includes('*')) return named
  return Object.values(resources)
    .filter((resource) => resource.group === group)
    .map(({ plural }) => plural)
}

/** Ports are forwarded either way: over WebSocket (`get`), or over SPDY (`create`) as Kiali does. */
const enough = ({ resource, allowed, need }: RightsRow): boolean =>
  need !== 'edit' && resource === 'pods/portforward' && allowed.length > 0

const askedAtOnce = 8
const answerMs = 4_000

async function inTurns(questions: readonly Question[], answer: (question: Question) => Promise<void>): Promise<void> {
  const left = [...questions]
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await answer(next)
  }
  await Promise.all(Array.from({ length: askedAtOnce }, worker))
}

async function ask(api: KubeApi, { row, verb }: Question): Promise<void> {
  const [resource = '', subresource] = row.resource.split('/', 2)
  const question = { namespace: '', verb, group: row.group, resource }
  try {
    const allowed = await mayDo(api, subresource === undefined ? question : { ...question, subresource }, answerMs)
    row[allowed ? 'allowed' : 'denied'].push(verb)
  } catch (error) {
    // What one review does not answer is unknown; a cluster that is gone is a failure of the step.
    if (!(error instanceof KubeFailure) || error.reason === 'aborted' || error.reason === 'unreachable') throw error
    row.unknown.push(verb)
  }
}

const finding = (row: RightsRow): DiagnosisFinding => ({
  state: row.need === 'needed' ? 'failed' : 'warning',
  text: `${rowText(row)}: ${row.need === 'edit' ? 'cannot change ' : ''}${row.purpose}`,
})

const rowText = ({ group, resource, denied }: RightsRow): string =>
  `${denied.join(', ')} ${resource}${group === '' ? '' : `.${group}`}`
