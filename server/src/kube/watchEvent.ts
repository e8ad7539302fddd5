/** One line of a watch. */
import type { ClusterName } from '@binocle/api/identity'
import { isRecord, type Json } from '../inventory/json.ts'
import { answered, KubeFailure } from './failure.ts'

export type WatchEvent =
  | { readonly type: 'changed' | 'deleted'; readonly object: Json; readonly version: string | undefined }
  /** `initialEventsEnd`: a streaming list is complete. */
  | { readonly type: 'bookmark'; readonly version: string | undefined; readonly initialEventsEnd: boolean }
  | { readonly type: 'error'; readonly failure: KubeFailure }

/** Throws `KubeFailure` (answer) on a line that is no watch event. */
export function parseWatchEvent(line: string, cluster: ClusterName, what: string): WatchEvent {
  const event = parseJson(line, cluster, what)
  if (!isRecord(event) || !isRecord(event.object)) throw noEvent(cluster, what)
  const { type, object } = event
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return { type: 'changed', object, version: versionOf(object) }
    case 'DELETED':
      return { type: 'deleted', object, version: versionOf(object) }
    case 'BOOKMARK':
      return { type: 'bookmark', version: versionOf(object), initialEventsEnd: endsInitialEvents(object) }
    case 'ERROR':
      return { type: 'error', failure: answered(cluster, what, numberOf(object.code), object) }
    default:
      throw noEvent(cluster, what)
  }
}

/** Throws `KubeFailure` (answer). */
export function parseJson(text: string, cluster: ClusterName, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new KubeFailure('answer', cluster, `${cluster} answers ${what} with something that is not JSON`, 0, error)
  }
}

export function versionOf(object: Json): string | undefined {
  const version = isRecord(object.metadata) ? object.metadata.resourceVersion : undefined
  return typeof version === 'string' && version !== '' ? version : undefined
}

function endsInitialEvents({ metadata }: Json): boolean {
  const annotations = isRecord(metadata) ? metadata.annotations : undefined
  return isRecord(annotations) && annotations['k8s.io/initial-events-end'] === 'true'
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 500)

const noEvent = (cluster: ClusterName, what: string): KubeFailure =>
  new KubeFailure('answer', cluster, `${cluster} answers ${what} with a line that is not a watch event`)
