/** The form of an intended difference: as narrow as it can be. */
import type { Difference } from './compare.ts'

/** What the recorded mesh holds: whether a name is a mistake of the caller depends on it. */
export interface RecordedMesh {
  /** By cluster, the names of its namespaces. */
  readonly namespaces: ReadonlyMap<string, ReadonlySet<string>>
  readonly homeCluster: string
  /** `<cluster>/<namespace>/<pod>` of the proxies whose own words are recorded. */
  readonly proxies?: ReadonlySet<string>
}

export interface Listed {
  /** The heading in the document. */
  readonly name: string
  readonly method: string
  readonly request: (path: string, mesh: RecordedMesh) => boolean
  /** Matches the path of the difference, e.g. `.status.Kiali version`; `(status)` when the status differs. */
  readonly at: RegExp
  /** Only when the recorded value is this one. */
  readonly recorded?: unknown
  /** Only when ours is one of these. */
  readonly ours?: readonly unknown[]
  /** Only for a difference like this. */
  readonly when?: (difference: Difference) => boolean
}

export const path =
  (pattern: RegExp) =>
  (request: string): boolean =>
    pattern.test(request)

export const both =
  (first: Listed['request'], second: Listed['request']): Listed['request'] =>
  (request, mesh) =>
    first(request, mesh) && second(request, mesh)
