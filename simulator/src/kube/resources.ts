/**
 * The resources that a simulated API server serves. All versions of a resource are views of the same stored object.
 * The table comes from the list below, or from the discovery documents of a recorded server.
 */
import { at, fieldsAt, listAt, textAt, textsAt } from './json.ts'

export interface ResourceType {
  /** `''` is the core group. */
  readonly group: string
  /** Preferred version first. */
  readonly versions: readonly string[]
  readonly plural: string
  readonly singular: string
  readonly kind: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly verbs: readonly string[]
  readonly subresources: readonly Subresource[]
  /** Defined by a CRD: items of lists carry their kind, and a strategic merge patch is refused. */
  readonly custom: boolean
}

/** `kind` and `group`/`version` of what the subresource speaks, where it is not the parent's. */
export interface Subresource {
  readonly name: string
  readonly kind: string
  readonly verbs: readonly string[]
  readonly group?: string
  readonly version?: string
}

/** What a server answers about itself, as recorded from a real one. */
export interface Discovery {
  readonly version: unknown
  /** An `APIGroupList`. */
  readonly apiGroups: unknown
  /** `APIResourceList` by group and version, e.g. `v1`, `apps/v1`. */
  readonly apiResources: Readonly<Record<string, unknown>>
}

/** `apps/v1`, or `v1` for the core group. */
export const groupVersion = (group: string, version: string): string => (group === '' ? version : `${group}/${version}`)

/** `deployments.apps`, or `pods` for the core group: how messages and faults name a resource. */
export const resourceName = ({ plural, group }: Pick<ResourceType, 'plural' | 'group'>): string =>
  group === '' ? plural : `${plural}.${group}`

/** `apps/v1` in its parts. */
export function parseGroupVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  return { group: slash < 0 ? '' : apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

/** Finds resources by path or by kind. */
export interface ResourceTable {
  readonly all: readonly ResourceType[]
  byPlural(group: string, version: string, plural: string): ResourceType | undefined
  byKind(apiVersion: string, kind: string): ResourceType | undefined
}

export function resourceTable(all: readonly ResourceType[]): ResourceTable {
  const plurals = new Map<string, ResourceType>()
  const kinds = new Map<string, ResourceType>()
  for (const type of all) {
    for (const version of type.versions) {
      plurals.set(`${groupVersion(type.group, version)}/${type.plural}`, type)
      kinds.set(`${groupVersion(type.group, version)}/${type.kind}`, type)
    }
  }
  return {
    all,
    byPlural: (group, version, plural) => plurals.get(`${groupVersion(group, version)}/${plural}`),
    byKind: (apiVersion, kind) => kinds.get(`${apiVersion}/${kind}`),
  }
}

const everyVerb = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

/** group | versions | kind | plural | singular if it is not the kind in lower case | flags | short names | subresources */
const rows = `
|v1|Namespace|namespaces|cluster|ns|status finalize
|v1|Node|nodes|cluster|no|status
|v1|Pod|pods|all|po|status log portforward
|v1|Service|services|all|svc|status
|v1|Endpoints|endpoints||ep|
|v1|ConfigMap|configmaps||cm|
|v1|Secret|secrets|||
|v1|ServiceAccount|serviceaccounts||sa|token
|v1|Event|events||ev|
|v1|ReplicationController|replicationcontrollers|all|rc|status
|v1|PersistentVolumeClaim|persistentvolumeclaims||pvc|status
|v1|ResourceQuota|resourcequotas||quota|status
|v1|LimitRange|limitranges||limits|
apps|v1|Deployment|deployments|all|deploy|status scale
apps|v1|ReplicaSet|replicasets|all|rs|status scale
apps|v1|StatefulSet|statefulsets|all|sts|status scale
apps|v1|DaemonSet|daemonsets|all|ds|status
apps|v1|ControllerRevision|controllerrevisions|||
batch|v1|Job|jobs|all||status
batch|v1|CronJob|cronjobs|all|cj|status
autoscaling|v2,v1|HorizontalPodAutoscaler|horizontalpodautoscalers|all|hpa|status
policy|v1|PodDisruptionBudget|poddisruptionbudgets||pdb|status
discovery.k8s.io|v1|EndpointSlice|endpointslices|||
coordination.k8s.io|v1|Lease|leases|||
networking.k8s.io|v1|Ingress|ingresses||ing|status
networking.k8s.io|v1|NetworkPolicy|networkpolicies||netpol|
rbac.authorization.k8s.io|v1|ClusterRole|clusterroles|cluster||
rbac.authorization.k8s.io|v1|ClusterRoleBinding|clusterrolebindings|cluster||
rbac.authorization.k8s.io|v1|Role|roles|||
rbac.authorization.k8s.io|v1|RoleBinding|rolebindings|||
admissionregistration.k8s.io|v1|MutatingWebhookConfiguration|mutatingwebhookconfigurations|cluster||
admissionregistration.k8s.io|v1|ValidatingWebhookConfiguration|validatingwebhookconfigurations|cluster||
apiextensions.k8s.io|v1|CustomResourceDefinition|customresourcedefinitions|cluster|crd,crds|status
authentication.k8s.io|v1|TokenReview|tokenreviews|cluster create||
authentication.k8s.io|v1|SelfSubjectReview|selfsubjectreviews|cluster create||
authorization.k8s.io|v1|SelfSubjectAccessReview|selfsubjectaccessreviews|cluster create||
authorization.k8s.io|v1|SelfSubjectRulesReview|selfsubjectrulesreviews|cluster create||
authorization.k8s.io|v1|SubjectAccessReview|subjectaccessreviews|cluster create||
authorization.k8s.io|v1|LocalSubjectAccessReview|localsubjectaccessreviews|create||
networking.istio.io|v1,v1beta1,v1alpha3|DestinationRule|destinationrules||dr|status
networking.istio.io|v1alpha3|EnvoyFilter|envoyfilters|||status
networking.istio.io|v1,v1beta1,v1alpha3|Gateway|gateways||gw|status
networking.istio.io|v1beta1|ProxyConfig|proxyconfigs|||status
networking.istio.io|v1,v1beta1,v1alpha3|ServiceEntry|serviceentries||se|status
networking.istio.io|v1,v1beta1,v1alpha3|Sidecar|sidecars|||status
networking.istio.io|v1,v1beta1,v1alpha3|VirtualService|virtualservices||vs|status
networking.istio.io|v1,v1beta1,v1alpha3|WorkloadEntry|workloadentries||we|status
networking.istio.io|v1,v1beta1,v1alpha3|WorkloadGroup|workloadgroups||wg|status
security.istio.io|v1,v1beta1|AuthorizationPolicy|authorizationpolicies||ap|status
security.istio.io|v1,v1beta1|PeerAuthentication|peerauthentications||pa|status
security.istio.io|v1,v1beta1|RequestAuthentication|requestauthentications||ra|status
telemetry.istio.io|v1,v1alpha1|Telemetry|telemetries||telemetry|status
extensions.istio.io|v1alpha1|WasmPlugin|wasmplugins|||status
extensions.istio.io|v1alpha1|TrafficExtension|trafficextensions|||status
gateway.networking.k8s.io|v1,v1beta1|GatewayClass|gatewayclasses|cluster|gc|status
gateway.networking.k8s.io|v1,v1beta1|Gateway|gateways||gtw|status
gateway.networking.k8s.io|v1|GRPCRoute|grpcroutes|||status
gateway.networking.k8s.io|v1,v1beta1|HTTPRoute|httproutes|||status
gateway.networking.k8s.io|v1beta1,v1|ReferenceGrant|referencegrants||refgrant|
gateway.networking.k8s.io|v1,v1alpha2|TCPRoute|tcproutes|||status
gateway.networking.k8s.io|v1,v1alpha2|TLSRoute|tlsroutes|||status
gateway.networking.k8s.io|v1,v1alpha2|UDPRoute|udproutes|||status
inference.networking.k8s.io|v1|InferencePool|inferencepools||infpool|status
multicluster.x-k8s.io|v1alpha1|ServiceExport|serviceexports|||status
multicluster.x-k8s.io|v1alpha1|ServiceImport|serviceimports|||status
`

const particular: Readonly<Record<string, Omit<Subresource, 'name'>>> = {
  log: { kind: 'Pod', verbs: ['get'] },
  portforward: { kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
  scale: { kind: 'Scale', verbs: ['get', 'patch', 'update'], group: 'autoscaling', version: 'v1' },
  token: { kind: 'TokenRequest', verbs: ['create'], group: 'authentication.k8s.io', version: 'v1' },
  finalize: { kind: 'Namespace', verbs: ['update'] },
}

/** Groups built into a Kubernetes API server; every other one comes from a CRD. */
const builtinGroups = new Set(
  'admissionregistration apiextensions apiregistration authentication authorization certificates coordination discovery events flowcontrol.apiserver internal.apiserver networking node rbac.authorization resource scheduling storage storagemigration'
    .split(' ')
    .map((group) => `${group}.k8s.io`),
)

/** What a cluster with Istio and the Gateway API serves. */
export const builtinResources: readonly ResourceType[] = rows.trim().split('\n').map(resourceOfRow)

function resourceOfRow(row: string): ResourceType {
  const [group = '', versions = '', kind = '', plural = '', flags = '', shortNames = '', subresources = ''] =
    row.split('|')
  return {
    group,
    versions: versions.split(','),
    plural,
    singular: kind.toLowerCase(),
    kind,
    namespaced: !flags.includes('cluster'),
    shortNames: words(shortNames, ','),
    categories: flags.includes('all') ? ['all'] : [],
    verbs: flags.includes('create') ? ['create'] : everyVerb,
    subresources: words(subresources, ' ').map((name) => ({
      name,
      ...(particular[name] ?? { kind, verbs: ['get', 'patch', 'update'] }),
    })),
    custom: isCustom(group),
  }
}

function words(text: string, separator: string): string[] {
  return text === '' ? [] : text.split(separator)
}

function isCustom(group: string): boolean {
  return group.includes('.') && !builtinGroups.has(group)
}

/** The table of a recorded server. */
export function resourcesOf(discovery: Discovery): ResourceType[] {
  const preferred = preferredVersions(discovery)
  const found = new Map<string, ResourceType>()
  const gvs = Object.keys(discovery.apiResources).sort((a, b) => rank(preferred, a) - rank(preferred, b))
  for (const gv of gvs) {
    const listed = listAt(discovery.apiResources[gv], 'resources')
    const { group, version } = parseGroupVersion(gv)
    for (const one of listed) {
      const plural = textAt(one, 'name')
      if (plural.includes('/')) continue
      const known = found.get(`${group}/${plural}`)
      found.set(`${group}/${plural}`, {
        ...(known ?? recordedResource(group, plural, one, listed)),
        versions: [...(known?.versions ?? []), version],
      })
    }
  }
  return [...found.values()]
}

/** Position of each group's versions as the server prefers them. */
function preferredVersions(discovery: Discovery): Map<string, number> {
  const order = listAt(discovery.apiGroups, 'groups').flatMap((group) => [
    textAt(group, 'preferredVersion', 'groupVersion'),
    ...listAt(group, 'versions').map((version) => textAt(version, 'groupVersion')),
  ])
  return new Map(order.toReversed().map((gv, index) => [gv, order.length - index]))
}

const rank = (preferred: Map<string, number>, gv: string): number => preferred.get(gv) ?? 0

function recordedResource(
  group: string,
  plural: string,
  one: unknown,
  listed: readonly unknown[],
): Omit<ResourceType, 'versions'> {
  return {
    group,
    plural,
    singular: textAt(one, 'singularName'),
    kind: textAt(one, 'kind'),
    namespaced: at(one, 'namespaced') === true,
    shortNames: textsAt(one, 'shortNames'),
    categories: textsAt(one, 'categories'),
    verbs: textsAt(one, 'verbs'),
    subresources: listed
      .filter((sub) => textAt(sub, 'name').startsWith(`${plural}/`))
      .map((sub) => ({
        name: textAt(sub, 'name').slice(plural.length + 1),
        kind: textAt(sub, 'kind'),
        verbs: textsAt(sub, 'verbs'),
        ...(textAt(sub, 'group') === '' ? {} : { group: textAt(sub, 'group'), version: textAt(sub, 'version') }),
      })),
    custom: isCustom(group),
  }
}

/** The part of a discovery answer that names the server's build. */
export const gitVersion = (version: unknown): string => textAt(fieldsAt(version), 'gitVersion')
