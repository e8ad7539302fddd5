/** One kind of one cluster on its way from the API server into the inventory. */
import type { ClusterName } from '@binocle/api/identity'
import type { InventoryWriter, Kind, Kinds } from '../inventory/inventory.ts'
import { isRecord, record, text } from '../inventory/json.ts'
import { resources } from '../inventory/kinds.ts'
import type { Origin } from '../inventory/origin.ts'
import type { Sharing } from '../inventory/sharing.ts'
import { slim } from '../inventory/slim.ts'
import type { Sink } from '../kube/collection.ts'
import type { Log } from '../kube/surroundings.ts'

export interface KindSink extends Sink {
  /** Objects that did not fit their type. */
  readonly rejected: number
}

/**
 * `version` is the API version they are served in. The first rejections are logged by name and reason. With `namespace`
 * it is the sink of that one alone.
 */
export function sinkFor<K extends Kind>(
  kind: K,
  version: string,
  cluster: ClusterName,
  writer: InventoryWriter,
  sharing: Sharing,
  log: Log,
  namespace?: string,
): KindSink {
  const { group, kubernetesKind } = resources[kind]
  const origin: Origin = { cluster, group, version, kubernetesKind, sharing }
  let rejected = 0

  function fitting(json: unknown, put: (object: Kinds[K]) => void): void {
    const made = slim(kind, json, origin)
    if ('object' in made) {
      put(made.object)
      return
    }
    rejected++
    if (rejected <= loggedRejections)
      log('warn', 'an object does not fit its type', { cluster, kind, ...made.rejected })
  }

  return {
    get rejected() {
      return rejected
    },
    put: (json) => fitting(json, (object) => writer.put(kind, object)),
    remove: (json) => {
      const metadata = isRecord(json) ? record(json, 'metadata') : {}
      writer.remove(kind, { cluster, namespace: text(metadata, 'namespace') }, text(metadata, 'name'))
    },
    resync: () => {
      const resync = writer.resync(kind, cluster, namespace)
      return { put: (json) => fitting(json, resync.put), done: resync.done }
    },
  }
}

const loggedRejections = 5
