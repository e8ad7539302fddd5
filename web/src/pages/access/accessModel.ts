/** The table of what somebody sees: which rows are shown, what a cell says, and how rights are summed up. */
import type { AccessAnswer, ClusterAccess, NamespaceAccess } from '@binocle/api/access'
import type { ResourcePermissions } from '@binocle/api/catalog'

/** `no`: not there, or not for this person; nobody tells which. */
export type Cell = 'no' | 'unknown' | 'yes'

export function cellOf({ clusters }: NamespaceAccess, { access, name }: ClusterAccess): Cell {
  if (clusters.includes(name)) return 'yes'
  return access === 'unknown' ? 'unknown' : 'no'
}

export interface AccessFilter {
  /** Part of a name. */
  readonly text: string
  /** Only what is not the same in every cluster. */
  readonly differs: boolean
}

export const shownRows = ({ clusters, namespaces }: AccessAnswer, { text, differs }: AccessFilter): NamespaceAccess[] =>
  namespaces.filter((row) => row.name.includes(text.trim()) && (!differs || row.clusters.length < clusters.length))

/** What may be changed, in the words of one cell; Istio's groups are asked about as a whole. */
export interface GroupRights {
  readonly group: string
  /** `create, update, delete`, fewer of them, or `nothing`. */
  readonly may: string
}

const groupWords: readonly (readonly [string, string])[] = [
  ['networking.istio.io', 'Istio traffic'],
  ['security.istio.io', 'Istio security'],
  ['gateway.networking.k8s.io', 'Gateway API'],
]

/** `types` by the server's keys, `<group>/<version>, Kind=<kind>`. A verb counts when it holds for all types of a group. */
export function rightsByGroup(types: Readonly<Record<string, ResourcePermissions>>): GroupRights[] {
  return groupWords.flatMap(([group, word]) => {
    const held = Object.entries(types).flatMap(([key, rights]) => (key.split('/', 1)[0] === group ? [rights] : []))
    if (held.length === 0) return []
    const verbs = (['create', 'update', 'delete'] as const).filter((verb) => held.every((rights) => rights[verb]))
    return [{ group: word, may: verbs.length === 0 ? 'nothing' : verbs.join(', ') }]
  })
}
