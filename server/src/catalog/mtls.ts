/** mTLS status of the mesh and of namespaces (reference: api.md 16, validations.md 5.4 and 7). */
import type { MtlsStatus } from '@binocle/api/catalog'
import type { ClusterName, NamespaceRef } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import { BinocleError } from '../errors.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { ConfigObject, Labels } from '../inventory/objects.ts'
import { fieldsOf, textOf } from '../istioconfig/read.ts'
import { ruleHost } from '../istioconfig/routing.ts'
import type { ControlPlane } from '../mesh/controlPlanes.ts'
import { controlPlaneOf, identityDomain, meshFactsOf, namespaceRevision } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'
import { listedNamespaces, namespaceAt } from './visible.ts'

type Status = MtlsStatus['status']

/**
 * GET /api/mesh/tls. Kiali fails for a cluster without an istiod of that revision; we take the control plane that
 * manages the cluster, and throw only when there is none. `revision`: '' = the default one, else the only one there is.
 */
export function meshMtls(mesh: Mesh, scope: Scope, cluster: ClusterName, revision = ''): MtlsStatus {
  const facts = meshFactsOf(mesh.inventory)
  const planes = [...facts.controlPlanesIn(cluster), ...facts.managersOf(cluster)].filter(
    (plane) => scope.sees(plane) === 'yes',
  )
  const of = (name: string) => planes.find((each) => (each.revision || 'default') === name)
  const plane = revision === '' ? (of('default') ?? planes[0]) : of(revision)
  if (plane === undefined) {
    throw new BinocleError('BIN-NOT-FOUND', `revision [${revision || 'default'}] not found on cluster [${cluster}]`, {
      cluster,
    })
  }
  return {
    autoMTLSEnabled: plane.config.enableAutoMtls,
    minTLS: plane.config.minTls,
    status: planeStatus(mesh.inventory, plane),
  }
}

/** GET /api/clusters/tls */
export function clusterMtls(
  mesh: Mesh,
  scope: Scope,
  query: { readonly cluster: ClusterName; readonly namespaces?: readonly string[] },
): MtlsStatus[] {
  return listedNamespaces(mesh, scope, query.cluster, query.namespaces).map((at) => statusOf(mesh, at))
}

/** GET /api/namespaces/{namespace}/tls. Throws when it does not exist or may not be seen. */
export function namespaceMtls(mesh: Mesh, scope: Scope, at: NamespaceRef): MtlsStatus {
  namespaceAt(mesh, scope, at)
  return statusOf(mesh, at)
}

function statusOf(mesh: Mesh, at: NamespaceRef): MtlsStatus {
  const { inventory } = mesh
  const facts = meshFactsOf(inventory)
  const labels = inventory.get('namespaces', { cluster: at.cluster, namespace: '' }, at.namespace)?.labels ?? {}
  const plane = controlPlaneOf(facts, at, labels)
  const auto = plane?.config.enableAutoMtls ?? true
  const isRoot = plane?.cluster === at.cluster && plane.rootNamespace === at.namespace
  return {
    autoMTLSEnabled: auto,
    cluster: at.cluster,
    minTLS: '',
    namespace: at.namespace,
    status:
      !isRoot && mesh.validations?.brokenPeerAuthentication(at)
        ? 'MTLS_VALIDATION_ERROR'
        : namespaceStatus(mesh, at, labels, auto, isRoot),
  }
}

function namespaceStatus(mesh: Mesh, at: NamespaceRef, labels: Labels, auto: boolean, isRoot: boolean): Status {
  const { inventory } = mesh
  const facts = meshFactsOf(inventory)
  const policies = isRoot ? [] : inventory.in('peerauthentications.security.istio.io', at)
  const pa = policies.map(wideMode).find((mode) => mode !== '' && mode !== 'UNSET')
  if (pa !== undefined) {
    const domain = identityDomain(facts, at.cluster, mesh.config.istio)
    const dr = firstMode(rulesFor(inventory, at.cluster, `*.${at.namespace}.${domain}`))
    const on = dr === 'ISTIO_MUTUAL' || dr === 'MUTUAL' || (dr === '' && auto)
    if (pa === 'STRICT' && on) return 'MTLS_ENABLED'
    if (pa === 'DISABLE' && (dr === 'DISABLE' || (dr === '' && auto))) return 'MTLS_DISABLED'
    return 'MTLS_PARTIALLY_ENABLED'
  }
  // Of a namespace with several control planes this is a list of revisions, which no control plane has.
  const revision = namespaceRevision(facts, at, labels) ?? labels['istio.io/rev'] ?? 'default'
  const plane = facts.controlPlanesIn(at.cluster).find((each) => each.revision === revision)
  if (plane === undefined) return 'UNSET'
  const whole = planeStatus(inventory, plane)
  if (isRoot) return whole
  if (whole === 'MTLS_ENABLED') return 'UNSET_INHERITED_STRICT'
  return whole === 'MTLS_DISABLED' ? 'UNSET_INHERITED_DISABLED' : 'UNSET'
}

/** Policies of istiod's namespace, and mesh-wide rules of the namespaces that the revision injects. */
function planeStatus(inventory: Inventory, plane: ControlPlane): Status {
  const { config, namespace, revision } = plane
  // An external control plane reads the configuration of another cluster than its own.
  const cluster = plane.external && inventory.clusters().includes(plane.id) ? plane.id : plane.cluster
  const pa =
    inventory
      .in('peerauthentications.security.istio.io', { cluster, namespace })
      .map(wideMode)
      .find((mode) => mode !== '') ?? ''
  const rules = rulesFor(inventory, cluster, '*.local').filter((rule) => {
    const labels = inventory.get('namespaces', { cluster, namespace: '' }, rule.namespace)?.labels ?? {}
    return labels['istio.io/rev'] === revision || labels['istio-injection'] === 'enabled'
  })
  return meshStatus(pa, firstMode(rules), config.enableAutoMtls)
}

/** The table of validations.md 7.1. */
export function meshStatus(pa: string, dr: string, auto: boolean): Status {
  const mutual = dr === 'ISTIO_MUTUAL' || dr === 'MUTUAL'
  if (pa === '') {
    if (dr === '') return 'MTLS_NOT_ENABLED'
    if (mutual) return auto ? 'MTLS_ENABLED' : 'MTLS_PARTIALLY_ENABLED'
    return dr === 'DISABLE' ? 'MTLS_DISABLED' : 'MTLS_PARTIALLY_ENABLED'
  }
  if (pa === 'STRICT') {
    return mutual || (dr === '' && auto) ? 'MTLS_ENABLED' : 'MTLS_PARTIALLY_ENABLED'
  }
  if (pa === 'DISABLE') return dr === '' || dr === 'DISABLE' ? 'MTLS_DISABLED' : 'MTLS_PARTIALLY_ENABLED'
  return 'MTLS_PARTIALLY_ENABLED'
}

/** The mode of a policy without selector; '' of the others. */
function wideMode(policy: ConfigObject): string {
  const spec = fieldsOf(policy.resource.spec)
  if (Object.keys(fieldsOf(fieldsOf(spec.selector).matchLabels)).length > 0) return ''
  if (spec.mtls === undefined || spec.mtls === null) return ''
  return textOf(fieldsOf(spec.mtls).mode) || 'UNSET'
}

/** The TLS mode of the first rule that has one; '' without. */
function firstMode(rules: readonly ConfigObject[]): string {
  for (const rule of rules) {
    const tls = fieldsOf(fieldsOf(rule.resource.spec).trafficPolicy).tls
    if (tls !== undefined && tls !== null) return textOf(fieldsOf(tls).mode) || 'DISABLE'
  }
  return ''
}

interface Rules {
  readonly version: number
  readonly byHost: ReadonlyMap<string, readonly ConfigObject[]>
}

const kept = new WeakMap<Inventory, Map<ClusterName, Rules>>()

/** Rules of exactly this host. A list of namespaces asks for each of them: the cluster's rules are read once. */
function rulesFor(inventory: Inventory, cluster: ClusterName, host: string): readonly ConfigObject[] {
  const ofInventory = kept.get(inventory) ?? new Map<ClusterName, Rules>()
  kept.set(inventory, ofInventory)
  const version = inventory.kindVersion('destinationrules.networking.istio.io', cluster)
  let rules = ofInventory.get(cluster)
  if (rules?.version !== version) {
    const byHost = new Map<string, ConfigObject[]>()
    for (const rule of inventory.all('destinationrules.networking.istio.io', cluster)) {
      const same = byHost.get(ruleHost(rule))
      if (same === undefined) byHost.set(ruleHost(rule), [rule])
      else same.push(rule)
    }
    rules = { version, byHost }
    ofInventory.set(cluster, rules)
  }
  return rules.byHost.get(host) ?? []
}
