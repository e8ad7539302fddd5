/**
 * The intended differences from Kiali, each as narrow as it can be: which requests, which places of the answer, and why.
 * Each stands under its name in `docs/kiali-compatibility.md`. A difference that no entry covers is a defect.
 */

import type { RecordedRequest } from './answers.ts'
import type { Difference } from './compare.ts'

export interface Listed {
  /** The heading in the document. */
  readonly name: string
  readonly method: string
  /** Matches path and query, without the web root. */
  readonly request: RegExp
  /** Matches the path of the difference, e.g. `.status.Kiali version`; `(status)` when the status differs. */
  readonly at: RegExp
  /** Only when the recorded value is this one. */
  readonly recorded?: unknown
  /** Only when ours is one of these. */
  readonly ours?: readonly unknown[]
}

export const listed: readonly Listed[] = [
  {
    name: 'The page is ours',
    method: 'GET',
    request: /^\/($|index\.html$|console\/)/,
    at: /^$/,
  },
  {
    name: 'The version is that of the API',
    method: 'GET',
    request: /^\/api(\/status)?$/,
    at: /^\.status\.Kiali version$/,
    recorded: 'unknown',
    ours: ['v2.31.0'],
  },
  {
    name: 'Clusters come from kubeconfig contexts',
    method: 'GET',
    request: /^\/api\/config$/,
    at: /^\.clusters\.[^.]+\.secretName$/,
    ours: [''],
  },
  {
    name: 'A cluster that is not part of the mesh is the mistake of the caller',
    method: 'GET',
    request: /[?&]clusterName=mars(&|$)/,
    at: /^\(status\)$/,
    recorded: 500,
    ours: [400],
  },
  {
    name: 'A namespace that does not exist is the mistake of the caller',
    method: 'GET',
    request: /^\/api\/namespaces\/(nosuch|atelier)\/info(\?clusterName=west)?$/,
    at: /^\(status\)$/,
    recorded: 500,
    ours: [403, 404],
  },
]

/** Whether some entry covers the difference; its name, or undefined. */
export function listedAs(request: RecordedRequest, difference: Difference): string | undefined {
  return listed.find(
    (entry) =>
      entry.method === request.method &&
      entry.request.test(request.path) &&
      entry.at.test(difference.path) &&
      (entry.recorded === undefined || entry.recorded === difference.recorded) &&
      (entry.ours === undefined || entry.ours.includes(difference.ours)),
  )?.name
}
