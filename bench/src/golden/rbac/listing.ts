/** The form of an intended difference in what people of different rights are told. */
import type { Difference } from '../compare.ts'
import type { RecordedMesh } from '../listing.ts'
import type { RbacRequest, RecordedStrategy } from './recorded.ts'
import type { Sight } from './sight.ts'

/** What decides whether a difference is intended. */
export interface Asked {
  readonly request: RbacRequest
  /** Of the one who asks, by the rights in the recorded clusters. */
  readonly sight: Sight
  readonly mesh: RecordedMesh
  /** All of this answer. */
  readonly differences: readonly Difference[]
}

export interface RbacListed {
  /** The heading in the document. */
  readonly name: string
  /** Only for these; absent: all. */
  readonly strategies?: readonly RecordedStrategy[]
  /** Only for those who are logged in, or only for those who are not. */
  readonly loggedIn?: boolean
  readonly methods: readonly string[]
  /** Matches the path of the request, without its parameters. */
  readonly path: RegExp
  /** Matches the path of the difference. */
  readonly at: RegExp
  /** Only when the recorded value is one of these. */
  readonly recorded?: readonly unknown[]
  /** Only when ours is one of these. */
  readonly ours?: readonly unknown[]
  readonly when?: (difference: Difference, asked: Asked) => boolean
}
