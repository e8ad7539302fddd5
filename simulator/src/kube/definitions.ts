/**
 * What the definitions of Istio's and the Gateway API's types say of `spec`, as far as it shows when one is written: fields
 * that nobody defined are dropped, defaults are filled in, and what lacks a field or has one of another type is refused. Of
 * the fields of `spec` only the first level is known.
 */
import { at, type Fields, isFields } from './json.ts'
import { groupVersion, type ResourceType } from './resources.ts'
import { invalid, type Violation } from './status.ts'

/** The object as a real server would keep it. Throws 422. Types without a definition here are left alone. */
export function asDefined(type: ResourceType, name: string, object: Fields): Fields {
  const definition = definitions.get(groupVersion(type.group, type.kind))
  if (definition === undefined) return object
  const given = at(object, 'spec')
  const spec = isFields(given) ? pruned(given, definition.fields) : given
  const filled = definition.defaults.reduce<Fields>(
    (target, { path, value }) => asFields(withDefault(target, path, value)),
    { ...object, ...(spec === undefined ? {} : { spec }) },
  )
  const violations = violationsIn(at(filled, 'spec'), definition.fields)
  if (violations.length > 0) throw invalid(type, name, violations)
  return filled
}

type FieldType = 'array' | 'integer' | 'object' | 'string'

interface Field {
  readonly type: FieldType
  readonly required: boolean
}

interface Default {
  /** `[]` stands for every element. Nothing is made on the way to it. */
  readonly path: readonly string[]
  readonly value: unknown
}

interface Definition {
  readonly fields: ReadonlyMap<string, Field>
  readonly defaults: readonly Default[]
}

/** group kind: fields, `[]` a list, `{}` an object, `#` a number, else a text; `!` must be there. */
const rows = `
extensions.istio.io/TrafficExtension lua{} match[] phase priority# selector{} targetRefs[] wasm{}
extensions.istio.io/WasmPlugin failStrategy imagePullPolicy imagePullSecret match[] phase pluginConfig{} pluginName priority# selector{} sha256 targetRef{} targetRefs[] type url! verificationKey vmConfig{}
networking.istio.io/DestinationRule exportTo[] host! subsets[] trafficPolicy{} workloadSelector{}
networking.istio.io/EnvoyFilter configPatches[] priority# targetRefs[] workloadSelector{}
networking.istio.io/Gateway selector{} servers[]
networking.istio.io/ProxyConfig concurrency# environmentVariables{} image{} selector{}
networking.istio.io/ServiceEntry addresses[] endpoints[] exportTo[] hosts[]! location ports[] resolution subjectAltNames[] workloadSelector{}
networking.istio.io/Sidecar egress[] inboundConnectionPool{} ingress[] outboundTrafficPolicy{} workloadSelector{}
networking.istio.io/VirtualService exportTo[] gateways[] hosts[] http[] tcp[] tls[]
networking.istio.io/WorkloadEntry address labels{} locality network ports{} serviceAccount weight#
networking.istio.io/WorkloadGroup metadata{} probe{} template{}!
security.istio.io/AuthorizationPolicy action provider{} rules[] selector{} targetRef{} targetRefs[]
security.istio.io/PeerAuthentication mtls{} portLevelMtls{} selector{}
security.istio.io/RequestAuthentication jwtRules[] selector{} targetRef{} targetRefs[]
telemetry.istio.io/Telemetry accessLogging[] metrics[] selector{} targetRef{} targetRefs[] tracing[]
gateway.networking.k8s.io/GRPCRoute hostnames[] parentRefs[] rules[] useDefaultGateways
gateway.networking.k8s.io/Gateway addresses[] allowedListeners{} defaultScope gatewayClassName! infrastructure{} listeners[]! tls{}
gateway.networking.k8s.io/GatewayClass controllerName! description parametersRef{}
gateway.networking.k8s.io/HTTPRoute hostnames[] parentRefs[] rules[] useDefaultGateways
gateway.networking.k8s.io/ReferenceGrant from[]! to[]!
gateway.networking.k8s.io/TCPRoute parentRefs[] rules[]! useDefaultGateways
gateway.networking.k8s.io/TLSRoute hostnames[]! parentRefs[] rules[]! useDefaultGateways
gateway.networking.k8s.io/UDPRoute parentRefs[] rules[]! useDefaultGateways
`

const pending = (type: string): Fields => ({
  type,
  status: 'Unknown',
  reason: 'Pending',
  message: 'Waiting for controller',
  lastTransitionTime: '1970-01-01T00:00:00Z',
})
const anyPath = { path: { type: 'PathPrefix', value: '/' } }
const ofParents = {
  'spec.parentRefs[].group': 'gateway.networking.k8s.io',
  'spec.parentRefs[].kind': 'Gateway',
}
const ofBackends = {
  'spec.rules[].backendRefs[].group': '',
  'spec.rules[].backendRefs[].kind': 'Service',
  'spec.rules[].backendRefs[].weight': 1,
}
const ofRoutes = { ...ofParents, ...ofBackends }

/** Those that people meet; the rarer ones deeper down are left out. */
const defaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  Gateway: {
    'spec.addresses[].type': 'IPAddress',
    'spec.listeners[].allowedRoutes': { namespaces: { from: 'Same' } },
    'spec.listeners[].allowedRoutes.namespaces': { from: 'Same' },
    'spec.listeners[].tls.mode': 'Terminate',
    'spec.listeners[].tls.certificateRefs[].group': '',
    'spec.listeners[].tls.certificateRefs[].kind': 'Secret',
    status: { conditions: [pending('Accepted'), pending('Programmed')] },
  },
  GatewayClass: { status: { conditions: [pending('Accepted')] } },
  HTTPRoute: { ...ofRoutes, 'spec.rules': [{ matches: [anyPath] }], 'spec.rules[].matches': [anyPath] },
  GRPCRoute: ofRoutes,
  TCPRoute: ofRoutes,
  TLSRoute: ofRoutes,
  UDPRoute: ofRoutes,
}

const types: Readonly<Record<string, FieldType>> = { '': 'string', '[]': 'array', '{}': 'object', '#': 'integer' }

const definitions: ReadonlyMap<string, Definition> = new Map(
  rows
    .trim()
    .split('\n')
    .map((row) => {
      const [id = '', ...fields] = row.split(' ')
      const kind = id.startsWith('gateway.networking.k8s.io/') ? (id.split('/')[1] ?? '') : ''
      return [id, { fields: new Map(fields.map(fieldOf)), defaults: defaultsOf(defaults[kind] ?? {}) }]
    }),
)

function fieldOf(text: string): [string, Field] {
  const [, name = '', mark = '', required] = /^(\w+)(\[\]|\{\}|#|)(!?)$/.exec(text) ?? []
  return [name, { type: types[mark] ?? 'string', required: required === '!' }]
}

function defaultsOf(of: Readonly<Record<string, unknown>>): readonly Default[] {
  return Object.entries(of).map(([path, value]) => ({ path: path.replaceAll('[]', '.[]').split('.'), value }))
}

const pruned = (spec: Fields, fields: Definition['fields']): Fields =>
  Object.fromEntries(Object.entries(spec).filter(([name]) => fields.has(name)))

/** A field that is there keeps its value. */
function withDefault(target: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === '[]') return Array.isArray(target) ? target.map((each) => withDefault(each, rest, value)) : target
  if (key === undefined || !isFields(target)) return target
  const inner = target[key]
  if (rest.length > 0) return inner === undefined ? target : { ...target, [key]: withDefault(inner, rest, value) }
  return inner === undefined || inner === null ? { ...target, [key]: value } : target
}

const asFields = (value: unknown): Fields => (isFields(value) ? value : {})

function violationsIn(spec: unknown, fields: Definition['fields']): Violation[] {
  if (spec === undefined || spec === null) return []
  if (!isFields(spec)) return [wrongType('spec', spec, 'object')]
  return [...fields].flatMap(([name, { required, type }]) => {
    const value = spec[name]
    const field = `spec.${name}`
    if (value === undefined || value === null)
      return required ? [{ field, reason: 'FieldValueRequired' as const, why: 'Required value' }] : []
    return typeOf(value) === type ? [] : [wrongType(field, value, type)]
  })
}

function wrongType(field: string, value: unknown, wanted: FieldType): Violation {
  const is = typeOf(value)
  const why = `Invalid value: "${is}": ${field} in body must be of type ${wanted}: "${is}"`
  return { field, reason: 'FieldValueInvalid', why }
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}
