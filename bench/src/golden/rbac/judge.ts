/** Everything in which one of our answers differs: from the recorded one, and from what may be told at all. */
import { compareAnswers, type Difference } from '../compare.ts'
import type { OurAnswer } from './asking.ts'
import type { LeniencyFor } from './leniency.ts'
import { type RbacAnswer, type RbacRequest, readRbacAnswer } from './recorded.ts'
import { compareCookies, inOneShape } from './shapes.ts'
import { foreignIn, type SightOf } from './sight.ts'

export interface Judgement {
  readonly differences: readonly Difference[]
  /** Names that the one who asked must not be told; they are among the differences, too. */
  readonly told: readonly string[]
}

export type Judge = (request: RbacRequest, recorded: RbacAnswer, ours: OurAnswer) => Promise<Judgement>

export function createJudge(
  folder: string,
  requests: readonly RbacRequest[],
  leniencyFor: LeniencyFor,
  sightOf: SightOf,
): Judge {
  /** What somebody else was told who may see as much: it stands in where Kiali fails. */
  async function toldToEquals(request: RbacRequest): Promise<RbacAnswer | undefined> {
    const mine = sightOf(request.strategy, request.user).clusters
    for (const other of requests) {
      if (other.path !== request.path || other.user === undefined) continue
      const theirs = sightOf(other.strategy, other.user).clusters
      if (theirs.size !== mine.size || ![...mine].every((cluster) => theirs.has(cluster))) continue
      const answer = await readRbacAnswer(folder, other)
      if (answer.status === 200) return answer
    }
    return undefined
  }

  return async (request, recorded, ours) => {
    const sight = sightOf(request.strategy, request.user)
    const told = foreignIn(`${ours.text} ${ours.location ?? ''}`, request.path, sight.foreign)
    const failed = recorded.status === 500 && ours.status === 200
    const instead = failed ? await toldToEquals(request) : undefined
    const compared = [recorded, ...(instead === undefined ? [] : [instead])]
    return {
      told,
      differences: [
        ...compared.flatMap((each) => compareAnswers(...inOneShape(each, ours), leniencyFor(request, each))),
        ...compareCookies(recorded.setCookie, ours.setCookie),
        ...told.map((name) => ({ path: '(foreign)', place: '(foreign)', recorded: undefined, ours: name })),
      ],
    }
  }
}
