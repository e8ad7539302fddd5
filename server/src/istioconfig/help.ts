/** What the fields of each type are for, as the editor shows it. */
import type { Gvk } from '@binocle/api/catalog'

export interface Help {
  /** e.g. `spec.host`; '' = the whole object. */
  readonly objectField: string
  readonly message: string
}

export function helpOf({ Group, Kind }: Gvk): readonly Help[] {
  const fields = texts[Group === 'gateway.networking.k8s.io' ? `Gateway API ${Kind}` : Kind] ?? { '': '' }
  return Object.entries(fields).map(([objectField, message]) => ({ objectField, message }))
}

const exported =
  'Namespaces that see this object: `.` is its own, `*` all of them. Without it the default of the mesh holds.'
const selector =
  'Which workloads of the namespace it applies to; without it all. In the root namespace: of the whole mesh.'
const labels = 'Labels that a workload must all have.'

const texts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  DestinationRule: {
    'spec.host': 'The service of the registry that this rule is about. A rule for an unknown host does nothing.',
    'spec.trafficPolicy': 'How clients balance, pool, secure and give up connections to the host.',
    'spec.subsets': 'Named groups of endpoints, told apart by labels; each may have a policy of its own.',
    'spec.exportTo': exported,
  },
  EnvoyFilter: {
    'spec.workloadSelector': selector,
    'spec.configPatches': 'The patches, applied in order.',
    'spec.configPatches.applyTo': 'Which part of the configuration of Envoy is patched.',
    'spec.configPatches.match': 'Which listener, route or cluster a patch is for.',
    'spec.configPatches.patch': 'What is changed, and how.',
    'spec.priority': 'Lower ones are applied first; patches of the root namespace before those of a namespace.',
  },
  Gateway: {
    'spec.servers': 'What the gateway listens on.',
    'spec.selector': 'Labels of the pods that are this gateway.',
    'spec.servers.port': 'Port and protocol of a server.',
    'spec.servers.hosts': 'Names it answers to, each `namespace/name` or just the name; `*` is any.',
    'spec.servers.tls': 'Certificates, and whether clients need one.',
  },
  ServiceEntry: {
    'spec.hosts': 'Names by which the service is called; they may begin with a star.',
    'spec.addresses': 'Virtual addresses of the service.',
    'spec.ports': 'Ports of the service, with their protocols.',
    'spec.location': 'Whether the service belongs to the mesh.',
    'spec.resolution': 'How the addresses of its endpoints are found.',
    'spec.endpoints': 'Its endpoints, when they are listed here.',
    'spec.workloadSelector': 'Labels of the pods and WorkloadEntries that are its endpoints.',
    'spec.exportTo': exported,
  },
  Sidecar: {
    'spec.workloadSelector': selector,
    'spec.ingress': 'What the proxies accept; without it what their services declare.',
    'spec.egress': 'Which hosts the proxies know of, as `namespace/host`.',
  },
  VirtualService: {
    'spec.hosts': 'Names whose traffic is routed here. A short name is one of the own namespace.',
    'spec.gateways': 'Gateways it is for, as `namespace/name`; `mesh` stands for all sidecars and is the default.',
    'spec.http': 'Rules for HTTP and gRPC traffic; the first that matches decides.',
    'spec.exportTo': exported,
    'spec.http.match': 'When a rule holds: any one of the blocks, within a block everything.',
    'spec.http.route': 'Where requests go, and in which shares.',
    'spec.http.route.destination.host': 'A service of the registry.',
    'spec.http.route.destination.subset': 'A subset that a DestinationRule of that host defines.',
  },
  WorkloadEntry: {
    'spec.address': 'Address of the machine, without a port.',
    'spec.ports': 'Ports of the machine by the names of the service.',
    'spec.labels': 'Labels of the machine.',
    'spec.network': 'Machines of one network reach each other directly.',
    'spec.locality': 'Where it stands, as region/zone/subzone.',
    'spec.weight': 'Its share of the traffic among its like.',
    'spec.serviceAccount': 'The identity it has.',
  },
  WorkloadGroup: {
    'spec.metadata': 'Labels and annotations of every machine of the group.',
    'spec.template': 'What the WorkloadEntries of the group begin with.',
    'spec.probe': 'How the health of a machine is found out.',
  },
  AuthorizationPolicy: {
    'spec.selector': selector,
    'spec.selector.matchLabels': labels,
    'spec.rules': 'The policy applies to a request that one of them matches; without rules to none.',
    'spec.rules.from': 'Who calls.',
    'spec.rules.from.source.principals': 'Identities, as `trust-domain/ns/namespace/sa/account`; they need mutual TLS.',
    'spec.rules.to': 'What is called: hosts, ports, methods, paths.',
    'spec.rules.when': 'Further conditions.',
    'spec.action': 'ALLOW, DENY, AUDIT or CUSTOM.',
  },
  PeerAuthentication: {
    'spec.selector': selector,
    'spec.selector.matchLabels': labels,
    'spec.mtls': 'Whether callers may, must or must not use mutual TLS.',
  },
  RequestAuthentication: {
    'spec.selector': selector,
    'spec.selector.matchLabels': labels,
    'spec.jwtRules': 'Which tokens are accepted, and where they are looked for.',
  },
  'Gateway API GRPCRoute': { '': 'Routes gRPC requests of a gateway or a service to backends.' },
  'Gateway API Gateway': {
    spec: 'How traffic enters, to be given to services by routes.',
    'spec.gatewayClassName': 'Which controller makes the gateway.',
    'spec.listeners': 'Ports, protocols and host names it listens on.',
    'spec.addresses': 'Addresses that are asked for.',
  },
  'Gateway API HTTPRoute': { '': 'Routes HTTP requests of a gateway or a service to backends.' },
  'Gateway API TCPRoute': { '': 'Routes TCP connections of a gateway to backends.' },
  'Gateway API TLSRoute': { '': 'Routes TLS connections of a gateway to backends, by the name they ask for.' },
  'Gateway API UDPRoute': { '': 'Routes UDP packets of a gateway to backends.' },
  'Gateway API ReferenceGrant': {
    spec: 'Who may refer to objects of this namespace.',
    'spec.from': 'Kinds of objects, and their namespaces, that may refer here.',
    'spec.to': 'What they may refer to.',
  },
}
