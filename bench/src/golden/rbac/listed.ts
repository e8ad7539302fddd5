/** The intended differences in what people of different rights are told. Each stands in `docs/kiali-compatibility.md`, too. */
import type { Difference } from '../compare.ts'
import { type Listed, listedAs as listedFor, type RecordedMesh } from '../listed.ts'
import type { RbacRequest, RecordedStrategy } from './recorded.ts'

export interface RbacListed extends Listed {
  /** Only for these; absent: all. */
  readonly strategies?: readonly RecordedStrategy[]
  /** Only for those who are logged in, or only for those who are not. */
  readonly loggedIn?: boolean
}

export const rbacListed: readonly RbacListed[] = []

/** The name of the entry that covers the difference, among those of all answers, too; undefined = none. */
export function listedAs(request: RbacRequest, difference: Difference, mesh: RecordedMesh): string | undefined {
  const entries = rbacListed.filter(
    ({ strategies, loggedIn }) =>
      (strategies === undefined || strategies.includes(request.strategy)) &&
      (loggedIn === undefined || loggedIn === (request.user !== undefined)),
  )
  return listedFor(request, difference, mesh, entries) ?? listedFor(request, difference, mesh)
}
