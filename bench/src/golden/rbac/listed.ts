/**
 * The intended differences in what people of different rights are told, each as narrow as it can be. Each stands under its
 * name in `docs/kiali-compatibility.md`.
 */
import type { Difference } from '../compare.ts'
import { listedAs as listedForAll } from '../listed.ts'
import { listedLogins } from './listedLogins.ts'
import { listedScopes } from './listedScopes.ts'
import type { Asked, RbacListed } from './listing.ts'

export const rbacListed: readonly RbacListed[] = [...listedLogins, ...listedScopes]

/** The name of the entry that covers the difference, among those of all answers, too; undefined = none. */
export function listedAs(difference: Difference, asked: Asked): string | undefined {
  const { request } = asked
  const path = request.path.split('?')[0] ?? ''
  const entry = rbacListed.find(
    (each) =>
      each.methods.includes(request.method) &&
      each.path.test(path) &&
      each.at.test(difference.path) &&
      (each.strategies === undefined || each.strategies.includes(request.strategy)) &&
      (each.loggedIn === undefined || each.loggedIn === (request.user !== undefined)) &&
      (each.recorded === undefined || each.recorded.includes(difference.recorded)) &&
      (each.ours === undefined || each.ours.includes(difference.ours)) &&
      (each.when === undefined || each.when(difference, asked)),
  )
  return entry?.name ?? listedForAll(request, difference, asked.mesh)
}
