/** One replay of the recorded changes: the recorded mesh, the console before it, every step in order, the verdicts. */
import { additionsOf } from '../additions.ts'
import { readRecorded } from '../answers.ts'
import { compareAnswers } from '../compare.ts'
import { leniencyOf } from '../leniency.ts'
import { listedAs } from '../listed.ts'
import { ask, unorderedByRoute } from '../replay.ts'
import { routeName } from '../routeNames.ts'
import { type RunOptions, withConsole } from '../run.ts'
import { type Verdict, verdictOf } from '../verdict.ts'
import { listedWrites } from './listed.ts'
import { readStep, readSteps, type WriteStep } from './recorded.ts'

export type WritesOptions = Omit<RunOptions, 'wants'> & {
  /** Which steps are judged; all are taken. */
  readonly wants?: (step: WriteStep) => boolean
}

export async function runWrites(options: WritesOptions): Promise<Verdict[]> {
  const { folder, wants } = options
  const recorded = await readRecorded(folder)
  const unordered = unorderedByRoute(recorded)
  const steps = await readSteps(folder)
  return await withConsole(options, recorded, async (url, mesh) => {
    const verdicts: Verdict[] = []
    for (const step of steps) {
      const answer = await readStep(folder, step)
      const ours = await ask(url, step, answer.requestBody)
      if (wants?.(step) === false) continue
      // The answer to a change has the form of the details.
      const lists = [...(unordered.get(routeName('GET', step.path)) ?? []), ...gathered]
      const leniency = leniencyOf(madeAnew, lists, additionsOf(step.path, answer.status))
      const differences = compareAnswers(answer, ours, leniency)
      verdicts.push(verdictOf(step, differences, (difference) => listedAs(step, difference, mesh, listedWrites)))
    }
    return verdicts
  })
}

/** The same list came in another order a step later. */
const gathered = ['.destinationRules[]']

/** When a replay makes an object is not when the recording made it. */
const madeAnew = ['.resource.metadata.creationTimestamp']
