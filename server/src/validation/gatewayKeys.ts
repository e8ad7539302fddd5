/** By what gateways can collide: Istio's by selector and port, those of the Gateway API by listener and address. */
import type { ConfigObject, Labels } from '../inventory/objects.ts'
import { fieldsOf, labelsOf, numberOf, recordsOf, textOf, textsOf } from '../istioconfig/read.ts'
import { specOf } from './parsed.ts'

/** One host of one server of an Istio Gateway. */
export interface ServedHost {
  readonly gateway: ConfigObject
  readonly server: number
  readonly index: number
  /** Gateways serve the same when they are of one bucket. */
  readonly bucket: string
  /** Namespace whose VirtualServices may bind, or `*`. */
  readonly target: string
  readonly host: string
}

export function servedHosts(gateway: ConfigObject): readonly ServedHost[] {
  const spec = specOf(gateway)
  const selector = selectorText(labelsOf(spec.selector))
  return recordsOf(spec.servers).flatMap((server, at) => {
    const bucket = `${numberOf(fieldsOf(server.port).number) ?? 0} ${selector}`
    return textsOf(server.hosts).map((written, index) => {
      const [first = '', second] = written.split('/')
      const target = second === undefined ? '*' : first === '.' ? gateway.namespace : first
      return { gateway, server: at, index, bucket, target, host: second ?? first }
    })
  })
}

export const gatewayKeys = (gateway: ConfigObject): readonly string[] => [
  ...new Set(servedHosts(gateway).map(({ bucket }) => `serves ${bucket}`)),
]

const selectorText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join()

/** A listener of a Gateway API gateway, as it is compared with others. */
export interface Listener {
  readonly name: string
  readonly hostname: string | undefined
  readonly port: number
  readonly protocol: string
}

export const listeners = (gateway: ConfigObject): readonly Listener[] =>
  recordsOf(specOf(gateway).listeners).map((listener) => ({
    name: textOf(listener.name),
    hostname: typeof listener.hostname === 'string' ? listener.hostname : undefined,
    port: numberOf(listener.port) ?? 0,
    protocol: textOf(listener.protocol),
  }))

/** Undefined: without a host name it collides with nothing. */
export const listenerKey = ({ hostname, port, protocol }: Listener): string | undefined =>
  hostname === undefined ? undefined : `listens ${hostname} ${port} ${protocol}`

/** Undefined when either type or value is missing. */
export const addressKeys = (gateway: ConfigObject): readonly string[] =>
  recordsOf(specOf(gateway).addresses).flatMap(({ type, value }) =>
    textOf(type) === '' || textOf(value) === '' ? [] : [`address ${textOf(type)} ${textOf(value)}`],
  )

export const listenerKeys = (gateway: ConfigObject): readonly string[] => [
  ...new Set([...listeners(gateway).flatMap((each) => listenerKey(each) ?? []), ...addressKeys(gateway)]),
]
