/**
 * What the console's own account needs in a cluster: one table, out of which come the roles that `remote-secret create`
 * makes, the diagnosis' question about rights, and `docs/remote-clusters.md`. It holds all that Kiali's roles hold, so
 * that the same account serves both consoles, and what Kiali does not ask for (reference: multicluster.md 16).
 */

export interface ConsoleRight {
  /** '' = core. */
  readonly group: string
  /** Plurals, with subresources; `*` = all of the group. */
  readonly resources: readonly string[]
  readonly view: readonly string[]
  /** Further verbs of an account that may change things. */
  readonly edit: readonly string[]
  /** `needed`: without it there is no mesh to show. */
  readonly need: 'needed' | 'wanted'
  /** What does not work without it. */
  readonly purpose: string
}

const read = ['get', 'list', 'watch']

export const consoleRights: readonly ConsoleRight[] = [
  right('needed', '', ['namespaces', 'pods', 'services'], read, ['patch'], 'namespaces, services and workloads'),
  right('wanted', '', ['replicationcontrollers'], read, ['patch'], 'workloads of that kind'),
  right('wanted', '', ['configmaps'], read, [], 'mesh configuration, networks and root certificates'),
  right('wanted', '', ['nodes'], read, [], 'locality of workloads'),
  right('wanted', '', ['pods/log'], read, [], 'logs'),
  // Over WebSocket a port-forward is a GET, over SPDY a POST; from Kubernetes 1.35 a WebSocket needs both.
  right('wanted', '', ['pods/portforward'], ['create', 'get'], [], 'what istiod and the proxies say of themselves'),
  right('needed', 'apps', ['deployments'], read, ['patch'], 'workloads and control planes'),
  right('wanted', 'apps', ['daemonsets', 'replicasets', 'statefulsets'], read, ['patch'], 'workloads of that kind'),
  right('wanted', 'batch', ['cronjobs', 'jobs'], read, ['patch'], 'workloads of that kind'),
  right('wanted', 'discovery.k8s.io', ['endpointslices'], read, [], 'endpoints of services'),
  ...['networking.istio.io', 'security.istio.io', 'telemetry.istio.io', 'extensions.istio.io'].map((group) =>
    right('wanted', group, ['*'], read, ['create', 'delete', 'patch'], 'Istio configuration'),
  ),
  right(
    'wanted',
    'gateway.networking.k8s.io',
    ['gateways', 'grpcroutes', 'httproutes', 'referencegrants', 'tcproutes', 'tlsroutes', 'udproutes'],
    read,
    ['create', 'delete', 'patch'],
    'Gateway API configuration',
  ),
  right('wanted', 'gateway.networking.k8s.io', ['gatewayclasses'], read, [], 'Gateway API configuration'),
  right('wanted', 'inference.networking.k8s.io', ['*'], read, ['create', 'delete', 'patch'], 'inference pools'),
  right('wanted', 'multicluster.x-k8s.io', ['serviceexports', 'serviceimports'], read, [], 'services shared by MCS'),
  right(
    'wanted',
    'admissionregistration.k8s.io',
    ['mutatingwebhookconfigurations'],
    read,
    [],
    'revision tags and which namespaces are injected',
  ),
  right('wanted', 'authentication.k8s.io', ['tokenreviews'], ['create'], [], 'login with a token'),
  right('wanted', 'apps.openshift.io', ['deploymentconfigs'], read, ['patch'], 'workloads of that kind (OpenShift)'),
  right('wanted', 'route.openshift.io', ['routes'], ['get'], [], 'addresses of consoles (OpenShift)'),
]

/**
 * Only with `auth.impersonation` or `auth.openshift.impersonation`: whoever holds it may be anybody there whom the API
 * server does not protect by itself. A role may name users and groups by `resourceNames`.
 */
export const impersonationRight: ConsoleRight = right(
  'needed',
  '',
  ['users', 'groups'],
  ['impersonate'],
  [],
  'acting as people who logged in',
)

/** A rule of a Kubernetes role. */
export interface PolicyRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

/** The rules of the role for an account that only looks, or that may also change things; and that acts as people. */
export function roleRules(mode: 'edit' | 'view', impersonate = false): readonly PolicyRule[] {
  return [...consoleRights, ...(impersonate ? [impersonationRight] : [])].map(({ group, resources, view, edit }) => ({
    apiGroups: [group],
    resources,
    verbs: (mode === 'edit' ? [...view, ...edit] : [...view]).sort(),
  }))
}

function right(
  need: ConsoleRight['need'],
  group: string,
  resources: readonly string[],
  view: readonly string[],
  edit: readonly string[],
  purpose: string,
): ConsoleRight {
  return { need, group, resources, view, edit, purpose }
}
