/**
 * Are two things of one namespace and name, in two clusters, the same thing for the mesh; and if not, why (reference:
 * multicluster.md 18.3, 18.4, ui.md 17.6). The one place that decides it.
 */
import type { ClusterName, LogicalKind, NamespaceRef } from '@binocle/api/identity'
import type { Apart } from '@binocle/api/multicluster'
import type { Config } from '../config/config.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Labels } from '../inventory/objects.ts'
import { clusterLocality } from './clusterLocal.ts'
import type { ControlPlane } from './controlPlanes.ts'
import { dataplaneMode } from './labels.ts'
import { identityDomain, type MeshFacts, meshFactsOf } from './mesh.ts'
import { type Partitions, partitionsOf } from './partitions.ts'
import { exportKind, honoursExports, isExported } from './serviceExports.ts'
import { localByScope } from './serviceScope.ts'

/** What decides it, beside the labels of services themselves. The same object for as long as it says the same. */
export interface Sameness {
  readonly facts: MeshFacts
  /** By the cluster that configuration is read from. */
  readonly partitions: ReadonlyMap<ClusterName, Partitions>
  /** Changes with what is exported; '' where exports mean nothing. */
  readonly exports: string
}

/** A name that clusters may share. */
export interface SharedName {
  readonly namespace: string
  readonly name: string
}

/** One part of what may be one logical object. `kind` is the Kubernetes kind of a workload, '' otherwise. */
export interface Part {
  readonly cluster: ClusterName
  readonly kind: string
}

/** `saidBy`: the namespace in which it is written, when not in that of the parts; who does not see it is not told what. */
export interface Separation extends Apart {
  readonly saidBy?: NamespaceRef
}

/** Parts that are one object. `apart`: why they are not one with the namesakes in other clusters. */
export interface Whole<P extends Part> {
  readonly parts: readonly P[]
  readonly apart?: Separation
}

/** What sameness is asked about. */
export interface Asked {
  readonly inventory: Inventory
  readonly config: { readonly istio: Config['istio'] }
}

const kept = new WeakMap<Inventory, { generation: number; readonly sameness: Sameness }>()

export function samenessOf({ config, inventory }: Asked): Sameness {
  const before = kept.get(inventory)
  if (before?.generation === inventory.generation) return before.sameness
  const facts = meshFactsOf(inventory)
  const partitions = new Map(
    facts.controlPlanes.map(({ id }) => [id, partitionsOf(inventory, id, identityDomain(facts, id, config.istio))]),
  )
  const exports = facts.controlPlanes
    .filter(honoursExports)
    .flatMap(({ managedClusters }) => managedClusters)
    .map(
      (cluster) =>
        `${cluster} ${inventory.kindVersion(exportKind, cluster)} ${inventory.state(exportKind, cluster).state}`,
    )
    .join()
  const last = before?.sameness
  const same =
    last?.facts === facts &&
    last.exports === exports &&
    [...partitions].every(([cluster, found]) => last.partitions.get(cluster) === found)
  const sameness = same ? last : { facts, partitions, exports }
  kept.set(inventory, { generation: inventory.generation, sameness })
  return sameness
}

/** Puts together what is the same, in the order in which the parts come. */
export function wholes<P extends Part>(
  asked: Asked,
  kind: LogicalKind,
  name: SharedName,
  parts: readonly P[],
): readonly Whole<P>[] {
  const sameness = samenessOf(asked)
  const local: Whole<P>[] = []
  const groups = new Map<string, P[]>()
  for (const part of parts) {
    const apart = kind === 'service' ? whyLocal(asked, sameness, name, part.cluster, parts.length > 1) : undefined
    if (apart !== undefined) {
      local.push({ parts: [part], apart })
      continue
    }
    const key = `${part.kind} ${meshIdOf(meshOf(sameness.facts, part.cluster, parts))}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [part])
    else group.push(part)
  }
  if (groups.size < 2) return [...[...groups.values()].map((group) => ({ parts: group })), ...local]
  const kinds = new Set(parts.map((part) => part.kind))
  const shared = [...groups.values()].map((group): Whole<P> => {
    const [first] = group
    return {
      parts: group,
      apart:
        kinds.size > 1
          ? { reason: 'kind', decidedBy: first?.kind ?? '' }
          : otherMesh(first === undefined ? undefined : meshOf(sameness.facts, first.cluster, parts)),
    }
  })
  return [...shared, ...local]
}

/** The reason, and what decided it if the viewer may see where that is written. */
export function toldApart({ decidedBy, reason, saidBy }: Separation, sees: (at: NamespaceRef) => boolean): Apart {
  return { reason, decidedBy: saidBy === undefined || sees(saidBy) ? decidedBy : '' }
}

/** Whether a call to the service from one of the clusters can be answered in the other one; if not, why. */
export function sameService(
  asked: Asked,
  service: SharedName,
  clusters: readonly [ClusterName, ClusterName],
): { readonly same: true } | { readonly same: false; readonly why: Apart } {
  const parts = clusters.map((cluster) => ({ cluster, kind: '' }))
  const why = wholes(asked, 'service', service, parts).find(({ apart }) => apart !== undefined)?.apart
  return why === undefined ? { same: true } : { same: false, why }
}

/** What keeps the service of this cluster to callers of its own cluster. */
function whyLocal(
  { config, inventory }: Asked,
  { facts, partitions }: Sameness,
  name: SharedName,
  cluster: ClusterName,
  hasNamesakes: boolean,
): Separation | undefined {
  const at: NamespaceRef = { cluster, namespace: name.namespace }
  const plane = facts.managerOf(at)
  const domain = identityDomain(facts, cluster, config.istio)
  const pattern = localPattern(name, plane, domain)
  if (pattern !== undefined) return { reason: 'cluster-local', decidedBy: pattern, ...saidBy(plane) }
  if (plane === undefined || !hasNamesakes) return undefined
  const rule = partitions.get(plane.id)?.get(`${name.namespace}/${name.name}`)?.get(cluster)
  if (rule !== undefined) {
    const [namespace = ''] = rule.split('/')
    return { reason: 'partition', decidedBy: `VirtualService ${rule}`, saidBy: { cluster: plane.id, namespace } }
  }
  if (honoursExports(plane) && isExported(inventory, at, name.name) === false)
    return { reason: 'not-exported', decidedBy: 'no ServiceExport' }
  const namespace = labelsOf(inventory.get('namespaces', { cluster, namespace: '' }, name.namespace))
  if (namespace[dataplaneMode] !== 'ambient') return undefined
  const scope = localByScope(plane, namespace, labelsOf(inventory.get('services', at, name.name)))
  return scope === undefined ? undefined : { reason: 'ambient-scope', decidedBy: scope, ...saidBy(plane) }
}

/** In the mesh configuration of the control plane. */
const saidBy = (plane: ControlPlane | undefined): Pick<Separation, 'saidBy'> =>
  plane === undefined ? {} : { saidBy: { cluster: plane.cluster, namespace: plane.namespace } }

const otherMesh = (plane: ControlPlane | undefined): Separation => ({
  reason: 'mesh',
  decidedBy: meshIdOf(plane),
  ...saidBy(plane),
})

const labelsOf = (object: { readonly labels: Labels } | undefined): Labels => object?.labels ?? {}

/** The pattern by which the control plane keeps callers in their cluster; undefined = none does. */
function localPattern({ name, namespace }: SharedName, plane: ControlPlane | undefined, domain: string) {
  const host = `${name}.${namespace}.${domain}`
  const settings = plane?.config.serviceSettings ?? noSettings
  const { clusterLocal, decidedBy } = clusterLocality(host, settings, domain, discoveryHost(plane, domain))
  return clusterLocal ? (decidedBy ?? '') : undefined
}

const noSettings: ControlPlane['config']['serviceSettings'] = []

/** `istiod.istio-system.svc:15012` -> the full name of that service; '' when it is no service of a cluster. */
function discoveryHost(plane: ControlPlane | undefined, domain: string): string {
  const [host = ''] = (plane?.config.discoveryAddress ?? '').split(':')
  const [service = '', namespace = '', svc] = host.split('.')
  return svc === 'svc' ? `${service}.${namespace}.${domain}` : ''
}

/**
 * The control plane that says which mesh a cluster is part of. A cluster that nobody tells the mesh of is taken for a member
 * of the same mesh as the others.
 */
function meshOf(facts: MeshFacts, cluster: ClusterName, all: readonly Part[]): ControlPlane | undefined {
  const own = statedMesh(facts, cluster)
  if (meshIdOf(own) !== '') return own
  return all.map((part) => statedMesh(facts, part.cluster)).find((plane) => meshIdOf(plane) !== '')
}

const statedMesh = (facts: MeshFacts, cluster: ClusterName): ControlPlane | undefined =>
  facts.managersOf(cluster)[0] ?? facts.controlPlanesIn(cluster).find(({ managesExternal }) => !managesExternal)

const meshIdOf = (plane: ControlPlane | undefined): string => plane?.config.meshId ?? ''
