/**
 * What checks may ask about a cluster. Every answer is remembered on behalf of the evaluation that asks, which is due
 * again when the answer may have changed. The frame is not remembered: when it changes everything is due.
 */

import type { NamespaceFacts } from '../catalog/namespaceFacts.ts'
import type { Kind } from '../inventory/inventory.ts'
import type { ConfigObject, Controller, Labels, Service } from '../inventory/objects.ts'
import { recordsOf, textOf } from '../istioconfig/read.ts'
import { isEmpty, selects } from '../istioconfig/selectors.ts'
import { useWaypoint, useWaypointNamespace, waypointFor } from '../mesh/labels.ts'
import { type Digest, digestOf, type PodFacts, type WorkloadFacts } from './digest.ts'
import { flat } from './flat.ts'
import type { Frame } from './frame.ts'
import { gatewayKeys, listenerKeys } from './gatewayKeys.ts'
import { firstLabel, hostKey } from './hosts.ts'
import { createIndex, type Index } from './index.ts'
import { destinationRule, serviceEntry, specOf, virtualService } from './parsed.ts'
import { type Scope, scopeKeys } from './scopes.ts'
import { suffixKeys, suffixOf, suffixQuery } from './suffixes.ts'
import type { Tracker } from './tracker.ts'

/** Config kinds that are judged or that judgements read. */
export const configKinds = [
  'destinationrules.networking.istio.io',
  'gateways.networking.istio.io',
  'serviceentries.networking.istio.io',
  'sidecars.networking.istio.io',
  'virtualservices.networking.istio.io',
  'workloadgroups.networking.istio.io',
  'telemetries.telemetry.istio.io',
  'wasmplugins.extensions.istio.io',
  'authorizationpolicies.security.istio.io',
  'peerauthentications.security.istio.io',
  'requestauthentications.security.istio.io',
  'gatewayclasses.gateway.networking.k8s.io',
  'gateways.gateway.networking.k8s.io',
  'grpcroutes.gateway.networking.k8s.io',
  'httproutes.gateway.networking.k8s.io',
  'referencegrants.gateway.networking.k8s.io',
] as const satisfies readonly Kind[]

export type ConfigKind = (typeof configKinds)[number]

export type HostKind = 'destinationrules.networking.istio.io' | 'virtualservices.networking.istio.io'

export interface Facts {
  readonly cluster: string
  readonly config: Readonly<Record<ConfigKind, Index<ConfigObject>>>
  readonly services: Index<Service>
  readonly deployments: Index<Controller>
  readonly workloads: Index<WorkloadFacts>
  readonly pods: Index<PodFacts>
  /** What each viewer lets in, by the namespaces it lets in from. */
  readonly scopes: Index<Scope>
  frame(): Frame
  namespaceLabels(namespace: string): Labels
  service(namespace: string, name: string): Service | undefined
  /** All of a namespace. */
  inNamespace(kind: ConfigKind, namespace: string): readonly ConfigObject[]
  workloadsIn(namespace: string): readonly WorkloadFacts[]
  /** Whose template labels contain the selector; the empty one takes all. */
  workloadsMatching(selector: Labels): readonly WorkloadFacts[]
  /** The pods of a selector are in the mesh: all have sidecars, or ztunnel takes the traffic of one. */
  isInMesh(selector: Labels): boolean
  /** The first whose own labels contain the selector, in order of namespace and name. */
  firstDeployment(selector: Labels): Controller | undefined
  /** Objects with a host that may be about the same service as this one, written in that namespace. */
  byHost(kind: HostKind, host: string, namespace: string): readonly ConfigObject[]
  /** VirtualServices with a destination that may be what a rule of that namespace is about. */
  routesTo(host: string): readonly ConfigObject[]
  /** ServiceEntries some host of which the name ends with. */
  entriesMatching(name: string): readonly ConfigObject[]
  /** `namespace/account`, of the pods of the cluster. */
  serviceAccounts(): ReadonlySet<string>
  hasServiceAccount(namespace: string, account: string): boolean
  /** Names of the waypoints that serve an ambient workload. */
  waypointsOf(workload: WorkloadFacts): readonly string[]
}

export interface WritableFacts extends Facts {
  hasFrame(): boolean
  setFrame(frame: Frame): void
  setNamespaceLabels(namespace: string, labels: Labels | undefined): void
  /** undefined: the namespace is gone, or not shown. */
  setDigest(namespace: string, of: NamespaceFacts | undefined): void
}

const noLabels: Labels = {}
const none: Digest = { workloads: [], pods: [] }

export function createFacts(cluster: string, tracker: Tracker): WritableFacts {
  const own = `${cluster} `
  let frame: Frame | undefined
  const labels = new Map<string, Labels>()
  const digests = new Map<string, Digest>()
  const accounts = new Map<string, number>()
  const config = configIndexes(tracker)
  const services = createIndex<Service>(tracker, ({ namespace, name }) => [namespace, `${namespace}/${name}`])
  const deployments = createIndex<Controller>(tracker, ({ labels: each }) => pairs(each))
  const workloads = createIndex<WorkloadFacts>(tracker, ({ namespace, labels: each }) => [
    `/${namespace}`,
    ...pairs(each),
  ])
  const pods = createIndex<PodFacts>(tracker, ({ labels: each }) => pairs(each))
  // Services of many namespaces select by the same labels.
  const inMesh = new Map<string, () => boolean>()
  const scopes = createIndex<Scope>(tracker, scopeKeys)
  const allAccounts = tracker.memo(`${own}accounts`, () => {
    tracker.read(`${own}account*`)
    return new Set(accounts.keys())
  })

  function count(account: string, by: number): void {
    const before = accounts.get(account) ?? 0
    const after = before + by
    if (after === 0) accounts.delete(account)
    else accounts.set(account, after)
    if (before === 0 || after === 0) {
      tracker.changed(`${own}account=${account}`)
      tracker.changed(`${own}account*`)
    }
  }

  const facts: WritableFacts = {
    cluster,
    config,
    services,
    deployments,
    workloads,
    pods,
    scopes,
    frame: () => {
      if (frame === undefined) throw new Error(`${cluster} is judged before it is read`)
      return frame
    },
    namespaceLabels: (namespace) => {
      tracker.read(`${own}labels=${namespace}`)
      return labels.get(namespace) ?? noLabels
    },
    service: (namespace, name) => services.get(`${namespace}/${name}`)[0],
    inNamespace: (kind, namespace) => config[kind].get(`/${namespace}`),
    workloadsIn: (namespace) => workloads.get(`/${namespace}`),
    workloadsMatching: (selector) => matching(workloads, selector),
    isInMesh: (selector) => {
      const key = JSON.stringify(selector)
      let known = inMesh.get(key)
      if (known === undefined) {
        known = tracker.memo(`${own}in mesh=${key}`, () => {
          tracker.read(`${own}frame`)
          const planes = frame?.planes
          const selected = matching(pods, selector).filter(({ namespace }) => planes?.has(namespace))
          return selected.every(({ sidecar }) => sidecar) || selected.some(({ captured }) => captured)
        })
        inMesh.set(key, known)
      }
      return known()
    },
    firstDeployment: (selector) => carriers(deployments, selector).find(({ labels: each }) => selects(selector, each)),
    byHost: (kind, host, namespace) => {
      const key = hostKey(host, namespace)
      return key === '*' ? config[kind].all() : [...config[kind].get(`host ${key}`), ...config[kind].get('host *')]
    },
    routesTo: (host) => {
      const routes = config['virtualservices.networking.istio.io']
      const label = firstLabel(host)
      if (label === host) return routes.get(`to ${label}`)
      // Short names are read in the namespace of the rule, as Kiali does: they may be about any of that label.
      return [...routes.get(`to ${hostKey(host, '')}`), ...routes.get(`to short ${label}`)]
    },
    entriesMatching: (name) => {
      const found = new Set<ConfigObject>()
      for (const key of suffixQuery(name)) {
        for (const entry of config['serviceentries.networking.istio.io'].get(key)) {
          if (serviceEntry(entry).hosts.some((host) => name.endsWith(suffixOf(host)))) found.add(entry)
        }
      }
      return [...found]
    },
    serviceAccounts: allAccounts,
    hasServiceAccount: (namespace, account) => {
      const key = `${namespace}/${account}`
      tracker.read(`${own}account=${key}`)
      return accounts.has(key)
    },
    waypointsOf: (workload) => resolvedWaypoints(facts, workload),
    hasFrame: () => frame !== undefined,
    setFrame: (next) => {
      frame = next
      tracker.changed(`${own}frame`)
    },
    setNamespaceLabels: (namespace, next) => {
      if (JSON.stringify(labels.get(namespace)) === JSON.stringify(next)) return
      if (next === undefined) labels.delete(namespace)
      else labels.set(namespace, next)
      tracker.changed(`${own}labels=${namespace}`)
    },
    setDigest: (namespace, of) => {
      const next = of === undefined ? none : digestOf(of, namespace)
      const before = digests.get(namespace) ?? none
      const kept = differ(before.workloads, next.workloads, (id, old, each) => {
        workloads.put(flat(`${namespace}/${id}`), each)
        for (const account of old?.serviceAccounts ?? []) count(`${namespace}/${account}`, -1)
        for (const account of each?.serviceAccounts ?? []) count(`${namespace}/${account}`, 1)
      })
      const keptPods = differ(before.pods, next.pods, (id, _old, each) => pods.put(flat(`${namespace}/${id}`), each))
      if (kept.length === 0 && keptPods.length === 0) digests.delete(namespace)
      else digests.set(namespace, { workloads: kept, pods: keptPods })
    },
  }
  return facts
}

/** Calls with what is gone, new, or looks different; what looks the same stays the object that it was. */
function differ<T extends { readonly name: string; readonly kind?: string; readonly signature?: string }>(
  before: readonly T[],
  after: readonly T[],
  put: (id: string, before: T | undefined, after: T | undefined) => void,
): readonly T[] {
  const idOf = ({ name, kind }: T): string => `${kind ?? ''} ${name}`
  const old = new Map(before.map((each) => [idOf(each), each]))
  const kept = after.map((each) => {
    const id = idOf(each)
    const known = old.get(id)
    old.delete(id)
    if (known !== undefined && known.signature === each.signature) return known
    put(id, known, each)
    return each
  })
  for (const [id, gone] of old) put(id, gone, undefined)
  return kept
}

function configIndexes(tracker: Tracker): Record<ConfigKind, Index<ConfigObject>> {
  const index = (more: (object: ConfigObject) => readonly string[] = () => []) =>
    createIndex<ConfigObject>(tracker, (object) => [`/${object.namespace}`, ...more(object)])
  const named = ({ namespace, name }: ConfigObject) => [`${namespace}/${name}`]
  return {
    'destinationrules.networking.istio.io': index((object) => [
      `host ${hostKey(destinationRule(object).host, object.namespace)}`,
    ]),
    'gateways.networking.istio.io': index((object) => [...named(object), ...gatewayKeys(object)]),
    'serviceentries.networking.istio.io': index((object) => {
      const { hosts, endpointLabels } = serviceEntry(object)
      return [
        ...hosts.flatMap((host) => [`is ${host.toLowerCase()}`, ...suffixKeys(host)]),
        ...(endpointLabels.length > 0 ? ['with endpoints'] : []),
      ]
    }),
    'sidecars.networking.istio.io': index(),
    'virtualservices.networking.istio.io': index((object) => {
      const { hosts, destinations } = virtualService(object)
      return [
        ...hosts.map((host) => `host ${hostKey(host, object.namespace)}`),
        ...destinations.flatMap(({ host }) => destinationKeys(host)),
      ]
    }),
    'workloadgroups.networking.istio.io': index(),
    'telemetries.telemetry.istio.io': index(),
    'wasmplugins.extensions.istio.io': index(),
    'authorizationpolicies.security.istio.io': index(),
    'peerauthentications.security.istio.io': index(),
    'requestauthentications.security.istio.io': index(),
    'gatewayclasses.gateway.networking.k8s.io': index(),
    'gateways.gateway.networking.k8s.io': index((object) => [...named(object), ...listenerKeys(object)]),
    'grpcroutes.gateway.networking.k8s.io': index(),
    'httproutes.gateway.networking.k8s.io': index(),
    'referencegrants.gateway.networking.k8s.io': index(),
  }
}

function destinationKeys(host: string): readonly string[] {
  const label = firstLabel(host)
  return [`to ${label}`, label === host ? `to short ${label}` : `to ${hostKey(host, '')}`]
}

/** Labels that tell single pods and revisions apart: nobody asks by them, and there are as many as pods. */
const ofOne = new Set(['pod-template-hash', 'controller-revision-hash', 'statefulset.kubernetes.io/pod-name'])

const pairs = (labels: Labels): string[] => {
  const texts: string[] = []
  for (const name in labels) if (!ofOne.has(name)) texts.push(`${name}=${labels[name]}`)
  return texts
}

const matching = <T extends { readonly labels: Labels }>(index: Index<T>, selector: Labels): readonly T[] =>
  carriers(index, selector).filter(({ labels }) => selects(selector, labels))

/** Whatever a selector matches carries each of its pairs: those that carry the rarest one. */
function carriers<T>(index: Index<T>, selector: Labels): readonly T[] {
  const [first, ...others] = pairs(selector)
  if (first === undefined) return index.all()
  return index.get(others.reduce((best, pair) => (index.size(pair) < index.size(best) ? pair : best), first))
}

/** The first labels that name a waypoint decide: the workload's, else those of a service of its, else the namespace's. */
function resolvedWaypoints(facts: Facts, workload: WorkloadFacts): readonly string[] {
  if (!workload.somePodCaptured) return []
  const { namespace } = workload
  const services = facts.services
    .get(namespace)
    .filter(({ selector }) => !isEmpty(selector) && selects(selector, workload.labels))
  const stated = [workload.labels, ...services.map(({ labels }) => labels), facts.namespaceLabels(namespace)].find(
    (labels) => labels[useWaypoint] !== undefined,
  )
  const name = stated?.[useWaypoint]
  if (stated === undefined || name === undefined || name === 'none') return []
  return facts
    .workloadsIn(stated[useWaypointNamespace] ?? namespace)
    .filter((each) => each.name === name && each.isWaypoint && each.labels[waypointFor] !== 'none')
    .map((each) => each.name)
}

/** `spec.targetRef` and `spec.targetRefs` of a policy. */
export function targetRefs(policy: ConfigObject): readonly { group: string; kind: string; name: string }[] {
  const spec = specOf(policy)
  const refs = [...recordsOf(spec.targetRefs), ...recordsOf([spec.targetRef])]
  return refs.map((ref) => ({ group: textOf(ref.group), kind: textOf(ref.kind), name: textOf(ref.name) }))
}
