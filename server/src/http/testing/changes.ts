/**
 * Clusters that do what they are told, and nothing of it: whoever asks, the answer is the object as it stands, with the
 * mark of where it lies. So whatever keeps a change from who may not see the place is the console's doing.
 */
import type { SendChange } from '../../access/change.ts'
import { BinocleError } from '../../errors.ts'
import type { Inventory, Kind } from '../../inventory/inventory.ts'
import { allKinds } from '../../inventory/kinds.ts'
import { clusterNames, clusterOf, marker, namespaceNames, namespaceOf } from './markers.ts'

const path =
  /^\/apis?(?:\/(?<group>[^/]+\.[^/]+|apps|batch))?\/[^/]+(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<plural>[^/?]+)(?:\/(?<name>[^/?]+))?/

export function willing(inventory: Inventory): SendChange {
  return (_login, { cluster, method, path: asked }) => {
    const { group, namespace = '', plural = '', name } = path.exec(asked)?.groups ?? {}
    const kind = kindOf(group === undefined ? plural : `${plural}.${group}`)
    const at = { cluster, namespace }
    const object = name === undefined ? inventory.in(kind, at)[0] : inventory.get(kind, at, decodeURIComponent(name))
    if (object === undefined) throw new BinocleError('BIN-NOT-FOUND', `${plural} "${name}" not found`)
    const { resourceVersion } = object
    return Promise.resolve({
      metadata: {
        name: object.name,
        namespace,
        resourceVersion,
        annotations: { mark: markOf(cluster, kind === 'namespaces' ? object.name : namespace) },
        // Something holds it back: it is not gone at once.
        ...(method === 'DELETE' ? { deletionTimestamp: '2026-11-24T12:00:00Z' } : {}),
      },
    })
  }
}

function kindOf(name: string): Kind {
  const kind = allKinds.find((each) => each === name)
  if (kind === undefined) throw new Error(`a change of ${name}`)
  return kind
}

function markOf(cluster: string, namespace: string): string {
  const short = clusterNames.find((name) => clusterOf(name) === cluster) ?? ''
  const place = namespaceNames.find((each) => namespaceOf(short, each) === namespace)
  return marker(short, place ?? 'whole')
}
