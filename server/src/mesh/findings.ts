/**
 * What is wrong with a cluster's place in the mesh, in words and with a remedy (reference: multicluster.md 19, 20). Judged
 * from what is known: what could not be read is no finding.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { NetworkGateway } from '@binocle/api/multicluster'
import type { Problem } from '@binocle/api/problem'
import type { ErrorCode } from '../errors.ts'
import type { Root } from './certificates.ts'
import type { ControlPlane } from './controlPlanes.ts'
import type { Role } from './roles.ts'

/** What is known of one cluster. */
export interface Place {
  readonly cluster: ClusterName
  readonly role: Role | undefined
  readonly network: string
  readonly gateways: readonly NetworkGateway[]
  readonly planes: readonly ControlPlane[]
  readonly managers: readonly ControlPlane[]
  /** Namespaces there ask for a proxy, or name a control plane: it means to be part of a mesh. */
  readonly asksForMesh: boolean
  /** Empty = unknown. */
  readonly roots: readonly Root[]
  /** Istio objects that live in it. */
  readonly istioObjects: number
  /** What istiods say of their access to it, where it is not in step. */
  readonly unread: readonly { readonly by: string; readonly syncStatus: string }[]
}

/** `all`: every cluster of the mesh, this one too. */
export function findingsOf(place: Place, all: readonly Place[], nowMs: number): Problem[] {
  return [
    ...naming(place),
    ...unmanaged(place),
    ...unread(place),
    ...ignoredConfig(place),
    ...closedNetwork(place, all),
    ...trust(place, all),
    ...expiry(place, nowMs),
  ]
}

/** An istiod whose id is no cluster's name manages nothing; without leave to manage others it is a mistake. */
function naming({ cluster, planes }: Place): Problem[] {
  return planes
    .filter(({ external, managesExternal }) => external && !managesExternal)
    .map(({ id, name, namespace }) =>
      problem(
        'BIN-CLUSTER-NAME',
        cluster,
        `${name} in ${namespace} calls its cluster ${id === '' ? 'nothing' : id}, but it runs in ${cluster}.`,
        `Set global.multiCluster.clusterName of that istiod to ${cluster}, or give the cluster its name here.`,
      ),
    )
}

/** A cluster that never asked for Istio is no mistake. */
function unmanaged({ asksForMesh, cluster, planes, role }: Place): Problem[] {
  if (role !== 'unmanaged' || planes.length > 0 || !asksForMesh) return []
  return [
    problem(
      'BIN-MESH-CONTROL-PLANE',
      cluster,
      `${cluster} has no istiod, and no control plane that we can see manages it.`,
      'Name its primary in the annotation topology.istio.io/controlPlaneClusters of its system namespace, and set EXTERNAL_ISTIOD=true there.',
    ),
  ]
}

function unread({ cluster, unread }: Place): Problem[] {
  return unread.map(({ by, syncStatus }) =>
    problem(
      'BIN-MESH-UNREAD',
      cluster,
      `${by} does not read ${cluster}: ${syncStatus}.`,
      `Renew Istio's remote secret for ${cluster} there, and check that its API server can be reached from it.`,
    ),
  )
}

function ignoredConfig({ cluster, istioObjects, managers, role }: Place): Problem[] {
  if (role !== 'remote' || istioObjects === 0) return []
  const primaries = [...new Set(managers.map((plane) => plane.id))].join(', ')
  return [
    problem(
      'BIN-MESH-CONFIG-IGNORED',
      cluster,
      `${count(istioObjects, 'Istio object')} in ${cluster} ${istioObjects === 1 ? 'has' : 'have'} no effect: a remote cluster's configuration is that of ${primaries}.`,
      `Move what is meant to count to ${primaries}, and delete it here.`,
    ),
  ]
}

/** Of several networks of a mesh each needs a way in. */
function closedNetwork(place: Place, all: readonly Place[]): Problem[] {
  const { cluster, network } = place
  const members = all.filter((other) => isMember(other) && meshOf(other) === meshOf(place))
  if (!isMember(place) || network === '' || new Set(members.map((each) => each.network)).size < 2) return []
  const gateways = all.flatMap((each) => each.gateways).filter((gateway) => gateway.network === network)
  if (gateways.some(({ addresses }) => addresses.length > 0)) return []
  const [without] = gateways
  return [
    without === undefined
      ? problem(
          'BIN-MESH-NETWORK',
          cluster,
          `Network ${network} of ${cluster} has no gateway: calls from other networks to it run into time-outs.`,
          'Install an east-west gateway there, labelled topology.istio.io/network, with port 15443.',
        )
      : problem(
          'BIN-MESH-NETWORK',
          cluster,
          `The gateway ${without.name} in ${without.namespace} of network ${network} has no external address: calls from other networks to ${cluster} run into time-outs.`,
          'Give its Service an address: look at the load balancer of that cluster.',
        ),
  ]
}

const isMember = ({ role }: Place): boolean => role === 'primary' || role === 'remote' || role === 'config'

/** Clusters of one mesh that share no root refuse each other's certificates. */
function trust(place: Place, all: readonly Place[]): Problem[] {
  const mesh = meshOf(place)
  if (mesh === undefined || place.roots.length === 0) return []
  const own = new Set(place.roots.map(({ fingerprint }) => fingerprint))
  const strangers = all.filter(
    (other) =>
      other !== place &&
      meshOf(other) === mesh &&
      other.roots.length > 0 &&
      !other.roots.some(({ fingerprint }) => own.has(fingerprint)),
  )
  if (strangers.length === 0) return []
  const names = strangers.map(({ cluster }) => cluster).join(', ')
  return [
    problem(
      'BIN-MESH-TRUST',
      place.cluster,
      `${place.cluster} shares no root certificate with ${names}: calls between them fail their TLS handshake.`,
      'Give all clusters intermediate certificates of one root (Secret cacerts), and restart istiod.',
    ),
  ]
}

const meshOf = ({ managers, planes }: Place): string | undefined => (managers[0] ?? planes[0])?.config.meshId

const dayMs = 86_400_000
const warnDays = 30

function expiry({ cluster, roots }: Place, nowMs: number): Problem[] {
  return roots
    .filter(({ error, notAfter }) => error === '' && notAfter - nowMs < warnDays * dayMs)
    .map(({ issuer, notAfter }) => {
      const day = new Date(notAfter).toISOString().slice(0, 10)
      return problem(
        'BIN-MESH-CERTIFICATE',
        cluster,
        notAfter < nowMs
          ? `The root certificate ${issuer} of ${cluster} expired on ${day}: no call is trusted any more.`
          : `The root certificate ${issuer} of ${cluster} expires on ${day}.`,
        'Rotate the root: both the old and the new one are trusted for a while.',
      )
    })
}

const problem = (code: ErrorCode, cluster: ClusterName, message: string, remedy: string): Problem => ({
  code,
  message,
  cluster,
  remedy,
})

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
