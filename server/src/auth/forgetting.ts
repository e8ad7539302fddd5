/** For a browser whose cookies have become too long for any request: what makes it forget its sessions, unread. */
import type { ClusterName } from '@binocle/api/identity'
import { type CookieAttributes, chunkName, countName, deletionLine, sessionName } from './cookies.ts'

/** `Set-Cookie` lines for all cookies that sessions of `clusters` may have. */
export const forgettingLines = (
  clusters: readonly ClusterName[],
  {
    attributes,
    maxChunks,
    prefix,
  }: { readonly attributes: CookieAttributes; readonly maxChunks: number; readonly prefix: string },
): readonly string[] =>
  clusters
    .flatMap((cluster) => [
      countName(prefix, cluster),
      ...Array.from({ length: maxChunks }, (_, chunk) => chunkName(sessionName(prefix, cluster), chunk)),
    ])
    .map((name) => deletionLine(name, attributes))
