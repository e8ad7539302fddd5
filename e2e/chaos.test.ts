/**
 * Every fault on each cluster of a three-cluster mesh, alone and in pairs, while running and at start: no answer fails
 * or keeps anybody waiting, the answers about the other clusters stay the same to the byte, and all is as before soon
 * after it heals. Here pairs are a sample; with BINOCLE_CHAOS=all every pair is tried on every two clusters.
 */
import { afterAll, describe, expect, it } from 'vitest'
import { type Bed, CLUSTERS, type ClusterName, type Console, startBed } from './chaos/bed.ts'
import { alone, type Blow, FAULTS, inPairs, nameOf } from './chaos/faults.ts'
import { createFigures } from './chaos/figures.ts'
import { type Answer, aboutCluster, changes, everything, type Question, rowsOf } from './chaos/questions.ts'
import { type Stalls, watchStalls } from './chaos/stalls.ts'
import { eventually } from './chaos/until.ts'

const all = process.env.BINOCLE_CHAOS === 'all'
const timeout = all ? 3_600_000 : 240_000
const figures = createFigures()
afterAll(() => console.log(figures.text()))

const withFault = (fault: (typeof FAULTS)[number]) => ({ name: fault.name, fault })

describe.concurrent('a mesh of three clusters', () => {
  it.for(FAULTS.map(withFault))('lives with $name while running', { timeout }, async ({ fault }) => {
    await inBed(async (bed, page) => {
      for (const blow of [...alone(fault, CLUSTERS), ...inPairs(fault, CLUSTERS, all)]) await survives(bed, page, blow)
    })
  })

  const atStart = FAULTS.filter(({ atStart }) => atStart || (all && atStart === undefined))
  it.for(atStart.map(withFault))('lives with $name at start', { timeout }, async ({ fault }) => {
    await inBed(async (bed, page) => {
      const [first = {}, ...others] = alone(fault, CLUSTERS)
      const everywhere = Object.fromEntries(CLUSTERS.map((name) => [name, fault]))
      for (const blow of all ? [first, ...others, everywhere] : [first, everywhere]) await startsWith(bed, page, blow)
    })
  })
})

/** One that survived a test is as it was before: the next may have it. */
const idle: { readonly bed: Bed; readonly page: Console }[] = []
afterAll(() => Promise.all(idle.map(({ bed }) => bed.close())))

async function inBed(live: (bed: Bed, page: Console) => Promise<void>): Promise<void> {
  const one = idle.pop() ?? (await openBed())
  try {
    await live(one.bed, one.page)
    idle.push(one)
  } catch (error) {
    await one.bed.close()
    throw error
  }
}

async function openBed(): Promise<{ readonly bed: Bed; readonly page: Console }> {
  const bed = await startBed()
  const page = await bed.openConsole()
  await eventually('the healthy mesh is in step', page.settled)
  return { bed, page }
}

async function survives(bed: Bed, page: Console, blow: Blow): Promise<void> {
  const what = nameOf(blow)
  const { struck, spared } = parts(blow)
  const of = questionsOf(bed, spared)
  const before = await steady(page, of.untouched)
  const whole = await steady(page, of.each)
  const stalls = watchStalls()
  await strike(bed, blow)
  await stands(page, what, of, before, stalls)
  await noticed(page, blow)
  await stands(page, what, of, before, stalls)
  stalls.stop()

  // What nobody was told while it was broken must be known soon after.
  for (const name of struck) bed.cluster(name).store.put(lateService)
  await heal(bed, struck)
  const backMs = await eventually(
    `${what}: back`,
    async () => (await allOf(struck, (n) => knowsLate(page, n))) && inStep(page),
  )
  figures.note(`back after ${what}`, backMs)
  for (const name of struck) bed.cluster(name).store.remove(lateRef)
  figures.note(`as before after ${what}`, backMs + (await returns(page, what, of.each, whole)))
}

async function startsWith(bed: Bed, healthy: Console, blow: Blow): Promise<void> {
  const what = `${nameOf(blow)} at start`
  const { struck, spared } = parts(blow)
  const of = questionsOf(bed, spared)
  const expected = await steady(healthy, of.untouched)
  const whole = await steady(healthy, of.each)
  await strike(bed, blow)
  const page = await bed.openConsole()
  figures.note(`listens with ${what}`, page.startMs)
  await fine(page, what, of.everything)
  await noticed(page, blow)
  await returns(page, what, of.untouched, expected)
  await fine(page, what, of.everything)
  await heal(bed, struck)
  const backMs = await eventually(`${what}: back`, () => inStep(page))
  figures.note(`back after ${what}`, backMs)
  figures.note(`as before after ${what}`, backMs + (await returns(page, what, of.each, whole)))
  await page.close()
  await eventually('the first console is in step again', healthy.settled)
}

const parts = (blow: Blow): { readonly struck: ClusterName[]; readonly spared: ClusterName[] } => ({
  struck: CLUSTERS.filter((name) => blow[name] !== undefined),
  spared: CLUSTERS.filter((name) => blow[name] === undefined),
})

interface Questions {
  /** Whose answers must not change. */
  readonly untouched: readonly Question[]
  /** Each cluster alone. */
  readonly each: readonly Question[]
  /** Of all pages. */
  readonly everything: readonly Question[]
}

function questionsOf({ endS }: Bed, spared: readonly ClusterName[]): Questions {
  const each = CLUSTERS.flatMap((name) => aboutCluster(name, endS))
  const rows = spared.length === 0 ? [] : rowsOf(spared, endS)
  return {
    untouched: [...spared.flatMap((name) => aboutCluster(name, endS)), ...rows],
    each,
    everything: [...everything(endS), ...each],
  }
}

/** Everything is answered, and what is said of the spared clusters is what was said before. */
async function stands(
  page: Console,
  what: string,
  of: Questions,
  before: readonly Answer[],
  stalls: Stalls,
): Promise<void> {
  await fine(page, what, of.everything)
  const now = await fine(page, what, of.untouched)
  const changed = changes(before, now)
  // Then the answers must be the same as soon as the machine allows it.
  if (changed.length > 0 && stalls.happened()) await returns(page, what, of.untouched, before)
  else expect(changed, what).toEqual([])
}

/** What is answered while all is well. */
async function steady(page: Console, questions: readonly Question[]): Promise<readonly Answer[]> {
  let answers: readonly Answer[] = []
  await eventually('all is well', async () => {
    answers = await page.ask(questions)
    const well = answers.every(({ status, text }) => status === 200 && !text.includes('"stale":true'))
    return well && inStep(page)
  })
  return answers
}

/** Whatever is asked is answered, and no answer says that the console failed. */
async function fine(page: Console, what: string, questions: readonly Question[]): Promise<readonly Answer[]> {
  const answers = await page.ask(questions)
  for (const { path, tookMs } of answers) figures.answered(path, tookMs)
  const failed = answers.filter(({ status }) => status === 0 || status >= 500)
  expect(
    failed.map(({ path, status, text }) => `${status} ${path}: ${text.slice(0, 200)} ${page.errors.at(-1) ?? ''}`),
    what,
  ).toEqual([])
  return answers
}

/** How long it takes until the answers are the expected ones, in ms. */
function returns(
  page: Console,
  what: string,
  questions: readonly Question[],
  expected: readonly Answer[],
): Promise<number> {
  return eventually(`${what}: as before`, async () => {
    const differing = changes(expected, await page.ask(questions))
    return differing.length === 0 || `still different: ${differing.slice(0, 3).join('\n')}`
  })
}

async function strike(bed: Bed, blow: Blow): Promise<void> {
  for (const name of CLUSTERS) {
    const fault = blow[name]
    if (fault) await bed.cluster(name).faults.strike(fault.state)
  }
}

const heal = (bed: Bed, struck: readonly ClusterName[]): Promise<unknown> =>
  Promise.all(struck.map((name) => bed.cluster(name).faults.heal()))

async function noticed(page: Console, blow: Blow): Promise<void> {
  const told = CLUSTERS.filter((name) => blow[name]?.noticed)
  await eventually(`${nameOf(blow)}: noticed`, async () => {
    const states = await page.states()
    return told.every((name) => /unreachable|unauthorized|degraded/.test(states[name] ?? '')) || JSON.stringify(states)
  })
}

async function inStep(page: Console): Promise<boolean | string> {
  const states = await page.states()
  return Object.values(states).every((state) => state === 'reachable') || JSON.stringify(states)
}

const lateRef = { apiVersion: 'v1', kind: 'Service', namespace: 'front', name: 'late' } as const

const lateService = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'front', name: 'late' },
  spec: { type: 'ClusterIP', selector: { app: 'late' }, ports: [{ name: 'http', port: 80 }] },
} as const

async function knowsLate(page: Console, name: ClusterName): Promise<boolean> {
  const [answer] = await page.ask([{ path: `api/clusters/services?namespaces=front&clusterName=${name}` }])
  return answer?.text.includes('"name":"late"') === true
}

async function allOf(names: readonly ClusterName[], holds: (name: ClusterName) => Promise<boolean>): Promise<boolean> {
  for (const name of names) if (!(await holds(name))) return false
  return true
}
