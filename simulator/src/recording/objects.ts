/** The objects of a recorded cluster, each once: lists of the same resource in several versions hold the same objects. */
import { fieldsAt, isFields, listAt, textAt } from '../kube/json.ts'
import type { KubernetesJson } from '../scenario.ts'

/** `lists` maps `group/version/plural` (core: `version/plural`) to the List as served. */
export function recordedObjects(recorded: unknown): KubernetesJson[] {
  const taken = new Set<string>()
  const preferred = preferredVersions(recorded)
  const lists = Object.entries(fieldsAt(recorded, 'lists')).map(([key, list]) => ({ ...parts(key), list }))
  // The preferred version of a group first, so that it is the one that stays.
  lists.sort((a, b) => Number(isPreferred(b, preferred)) - Number(isPreferred(a, preferred)))
  return lists.flatMap(({ group, version, plural, list }) => {
    const resource = `${group}/${plural}`
    if (taken.has(resource)) return []
    taken.add(resource)
    const apiVersion = group === '' ? version : `${group}/${version}`
    const kind = textAt(list, 'kind').replace(/List$/, '')
    return listAt(list, 'items').flatMap((item) => objectOf(item, apiVersion, kind))
  })
}

interface Parts {
  readonly group: string
  readonly version: string
  readonly plural: string
}

function parts(key: string): Parts {
  const [plural = '', version = '', group = ''] = key.split('/').reverse()
  return { group, version, plural }
}

function preferredVersions(recorded: unknown): Map<string, string> {
  return new Map(
    listAt(recorded, 'apiGroups', 'groups').map((group) => [
      textAt(group, 'name'),
      textAt(group, 'preferredVersion', 'version'),
    ]),
  )
}

const isPreferred = ({ group, version }: Parts, preferred: ReadonlyMap<string, string>) =>
  preferred.get(group) === version

/** Items of built-in lists come without their kind. */
function objectOf(item: unknown, apiVersion: string, kind: string): KubernetesJson[] {
  const metadata = fieldsAt(item, 'metadata')
  const name = textAt(metadata, 'name')
  if (!isFields(item) || name === '') return []
  const namespace = textAt(metadata, 'namespace')
  return [{ ...item, apiVersion, kind, metadata: { ...metadata, name, ...(namespace === '' ? {} : { namespace }) } }]
}
