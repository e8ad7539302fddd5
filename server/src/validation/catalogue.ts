/** Every finding there is: its words, its usual severity, and whether it makes an object invalid (validations.md 4). */
import type { ValidationCheck } from '@binocle/api/catalog'

export type Severity = ValidationCheck['severity']

interface Entry {
  readonly message: string
  readonly severity: Severity
  readonly invalid: boolean
}

const error = (message: string, invalid = true): Entry => ({ message, severity: 'error', invalid })
const warning = (message: string): Entry => ({ message, severity: 'warning', invalid: false })
const invalidWarning = (message: string): Entry => ({ message, severity: 'warning', invalid: true })

export const catalogue = {
  KIA0002: error('Another object without selector exists in this namespace'),
  KIA0003: error('Another object of this kind selects the same workload'),
  KIA0004: warning('The selector matches no workload of this namespace'),
  KIA0005: error('Exported to a namespace that does not exist here or cannot be read'),
  KIA0101: warning('No namespace matches this source'),
  KIA0102: warning('Neither an HTTP method nor a usable pattern of methods'),
  KIA0104: error('The host is not in the service registry'),
  KIA0105: error('This field works only with mutual TLS, which is not in force here'),
  KIA0106: error('No running workload uses this service account'),
  KIA0107: { message: 'The service account is used only in another cluster', severity: 'unknown', invalid: true },
  KIA0108: invalidWarning('The trust domain is not known, so the principal cannot be verified'),
  KIA0109: invalidWarning('An L7 policy whose targets are not enrolled with a waypoint'),
  KIA0110: invalidWarning('An L7 policy without targetRefs: waypoints ignore it'),
  KIA0201: warning('Another rule covers the same host and subset'),
  KIA0202: error('The host is not in the registry: no service, workload or service entry'),
  KIA0203: error('No workload or endpoint carries the labels of this subset'),
  KIA0204: warning('Replaces a wider rule without repeating its mutual TLS settings'),
  KIA0205: error('Clients use mutual TLS in the whole mesh, but no PeerAuthentication of the mesh asks for it'),
  KIA0206: error('Clients use mutual TLS in the whole namespace, but no PeerAuthentication asks for it'),
  KIA0207: error('Clients use plain text, but the policy of the namespace is STRICT'),
  KIA0208: error('Clients use plain text, but the policy of the mesh is STRICT'),
  KIA0209: warning('The subset has no labels'),
  KIA0210: invalidWarning('L7 settings in an ambient namespace that uses no waypoint'),
  KIA0211: invalidWarning('L7 settings for a service that is not enrolled with a waypoint'),
  KIA0212: invalidWarning('L7 settings take effect only in the namespace of the service'),
  KIA0301: warning('Another gateway serves this host and port'),
  KIA0302: invalidWarning('No gateway workload matches the selector'),
  KIA0401: error('The mesh demands mutual TLS, but no rule of the mesh makes clients use it'),
  KIA0501: error('The namespace demands mutual TLS, but no rule makes clients use it'),
  KIA0505: error('The namespace refuses mutual TLS, but clients are told to use it'),
  KIA0506: error('The mesh refuses mutual TLS, but clients are told to use it'),
  KIA0601: error('The name of the port does not begin with a known protocol'),
  KIA0602: error('The appProtocol is not a known protocol'),
  KIA0701: warning('The matching Deployment does not expose this port'),
  KIA1004: warning('The egress host is not in the registry'),
  KIA1006: warning('The default Sidecar of the mesh must not select workloads'),
  KIA1007: {
    message: 'The mode reads as empty: REGISTRY_ONLY and the default cannot be told apart',
    severity: 'unknown',
    invalid: false,
  },
  KIA1101: error('The destination of the route is not in the registry'),
  KIA1102: error('The gateway does not exist'),
  KIA1104: warning('The only destination of a route gets all traffic, whatever its weight'),
  KIA1105: warning('The same host and subset stand twice in one route'),
  KIA1106: warning('Several VirtualServices are about this host'),
  KIA1107: warning('No visible rule defines this subset'),
  KIA1108: { message: 'Better written as <namespace>/<name>', severity: 'unknown', invalid: false },
  KIA1109: invalidWarning('L7 routes of the mesh in an ambient namespace that uses no waypoint'),
  KIA1110: invalidWarning('Its targets are not enrolled with a waypoint, which would check the requests'),
  KIA1111: invalidWarning('Its targets are not enrolled with a waypoint, which would run the plugin'),
  KIA1112: invalidWarning('L7 telemetry whose targets are not enrolled with a waypoint'),
  KIA1113: invalidWarning('L7 routes for a service that is not enrolled with a waypoint'),
  KIA1114: invalidWarning('L7 routes take effect only in the namespace of the service'),
  KIA1115: invalidWarning('Request authentication without targetRefs: waypoints ignore it'),
  KIA1116: invalidWarning('A plugin without targetRefs: waypoints ignore it'),
  KIA1117: invalidWarning('L7 telemetry without targetRefs: waypoints ignore it'),
  KIA1211: warning('Another ServiceEntry declares this host and port'),
  KIA1212: warning('ServiceEntries disagree about the protocol of this host and port'),
  KIA1301: warning('No AuthorizationPolicy covers this workload'),
  KIA1311: error('Labels ask for a sidecar and for ambient at once'),
  KIA1312: invalidWarning('Labelled for a waypoint, but not in the ambient mesh'),
  KIA1313: error('The waypoint it is labelled for is missing or cannot be used'),
  KIA1314: error('Labelled for a sidecar, but ztunnel takes the traffic of a pod'),
  KIA1315: error('Labelled for ambient, but a pod runs a sidecar'),
  KIA1316: invalidWarning('Has a sidecar in an ambient namespace'),
  KIA1317: invalidWarning('L7 policies apply to it, but no waypoint enforces them'),
  KIA1401: error('The parent gateway does not exist or is not open to this namespace'),
  KIA1402: error('The service does not exist, or no grant allows to refer to it'),
  KIA1501: warning('Another gateway has the same hostname, port and protocol'),
  KIA1502: warning('Another gateway has the same address'),
  KIA1503: error('Two listeners of this gateway are the same', false),
  KIA1504: error('The gateway class is not a known one'),
  KIA1601: error('The namespace does not exist here or cannot be read'),
  KIA1701: invalidWarning('No workload of this namespace uses the service account'),
  KIA1702: invalidWarning('Another group of the namespace has the same labels'),
  GWAPI: invalidWarning('The specification must be corrected'),
} as const satisfies Readonly<Record<string, Entry>>

export type Code = keyof typeof catalogue
