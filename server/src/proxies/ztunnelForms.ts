/**
 * The parts of a ztunnel's dump in Kiali's form: every field is there, what ztunnel leaves out is empty (reference: api.md
 * 13.5). Fields that the form does not have are left out: they are for who may open a port-forward.
 */
import { isRecord, type Json } from '../inventory/json.ts'
import { at, listAt, recordAt, textAt, textsAt } from './fields.ts'

type Form = (value: unknown) => unknown

const text: Form = (value) => (typeof value === 'string' ? value : '')
const orNull: Form = (value) => (typeof value === 'string' ? value : null)
const count: Form = (value) => (typeof value === 'number' ? value : 0)
const flag: Form = (value) => value === true
const listOrNull: Form = (value) => (Array.isArray(value) ? value : null)
const recordOrNull: Form = (value) => (isRecord(value) ? value : null)
/** Older ones write seconds alone. */
const duration: Form = (value) =>
  typeof value === 'number'
    ? { nanos: Math.round((value % 1) * 1e9), secs: Math.trunc(value) }
    : { nanos: count(at(value, 'nanos')), secs: count(at(value, 'secs')) }
const flagAsText: Form = (value) => (typeof value === 'boolean' ? String(value) : text(value))
const localhost: Form = (value) => ({ Localhost: listOrNull(at(value, 'Localhost')) })
const socket: Form = (value) => ({ SocketAddr: text(at(value, 'SocketAddr')) })
const file: Form = (value) => ({ File: text(at(value, 'File')) })

const nameServers: Form = (value) =>
  Array.isArray(value)
    ? value.map((each: unknown) =>
        shaped(recordAt(each), {
          bind_addr: orNull,
          protocol: text,
          socket_addr: text,
          tls_dns_name: orNull,
          trust_negative_responses: flag,
        }),
      )
    : null
const resolver: Form = (value) =>
  shaped(recordAt(value), { domain: orNull, name_servers: nameServers, search: listOrNull })
const resolverOptions: Form = (value) =>
  shaped(recordAt(value), {
    ...all(['attempts', 'cache_size', 'ndots', 'num_concurrent_reqs'], count),
    ...all(['authentic_data', 'check_names', 'edns0', 'preserve_intermediates', 'recursion_desired', 'rotate'], flag),
    ...all(['shuffle_dns_servers', 'try_tcp_on_error', 'validate'], flag),
    ...all(['ip_strategy', 'server_ordering_strategy'], text),
    use_hosts_file: flagAsText,
    ...all(['negative_max_ttl', 'negative_min_ttl', 'positive_max_ttl', 'positive_min_ttl'], orNull),
    timeout: duration,
  })

const config: Readonly<Record<string, Form>> = {
  ...all(['adminAddr', 'dnsProxyAddr'], localhost),
  ...all(['readinessAddr', 'statsAddr'], socket),
  ...all(['caRootCert', 'xdsRootCert'], file),
  ...all(
    ['altCaHostname', 'altXdsHostname', 'proxyWorkloadInformation', 'requireOriginalSource', 'socks5Addr'],
    orNull,
  ),
  ...all(['caAddress', 'clusterDomain', 'clusterId', 'inboundAddr', 'inboundPlaintextAddr', 'inpodUds'], text),
  ...all(['localNode', 'network', 'outboundAddr', 'proxyArgs', 'proxyMode', 'xdsAddress'], text),
  ...all(['connectionWindowSize', 'frameSize', 'numWorkerThreads', 'packetMark', 'poolMaxStreamsPerConn'], count),
  windowSize: count,
  ...all(['dnsProxy', 'fakeCa', 'fakeSelfInbound', 'inpodPortReuse', 'proxy', 'xdsOnDemand'], flag),
  illegalPorts: listOrNull,
  ...all(['poolUnusedReleaseTimeout', 'secretTtl', 'selfTerminationDeadline'], duration),
  proxyMetadata: recordOrNull,
  dnsResolverCfg: resolver,
  dnsResolverOpts: resolverOptions,
}

export const configOf = (value: unknown): Json => shaped(recordAt(value), config)

export const certificateOf = (certificate: unknown): Json => ({
  certChain: listAt(certificate, 'certChain').map((each) => ({
    expirationTime: textAt(each, 'expirationTime'),
    pem: textAt(each, 'pem'),
    ...(textAt(each, 'serialNumber') === '' ? {} : { serialNumber: textAt(each, 'serialNumber') }),
    validFrom: textAt(each, 'validFrom'),
  })),
  identity: textAt(certificate, 'identity'),
  state: textAt(certificate, 'state'),
})

/** `isShown`: of an endpoint, by the uid of its workload. */
export const serviceOf = (service: unknown, isShown: (uid: string) => boolean): Json => ({
  endpoints: Object.fromEntries(
    Object.entries(recordAt(service, 'endpoints')).flatMap(([uid, endpoint]) => {
      if (!isShown(uid)) return []
      const workloadUid = textAt(endpoint, 'workloadUid')
      return [[uid, { port: recordAt(endpoint, 'port'), status: textAt(endpoint, 'status'), workloadUid }]]
    }),
  ),
  hostname: textAt(service, 'hostname'),
  ipFamilies: textAt(service, 'ipFamilies'),
  name: textAt(service, 'name'),
  namespace: textAt(service, 'namespace'),
  ports: recordAt(service, 'ports'),
  subjectAltNames: textsAt(service, 'subjectAltNames'),
  vips: textsAt(service, 'vips'),
  waypoint: {
    destination: textAt(service, 'waypoint', 'destination'),
    hboneMtlsPort: count(at(service, 'waypoint', 'hboneMtlsPort')),
  },
})

const ofWorkload: Readonly<Record<string, Form>> = {
  ...all(['canonicalName', 'canonicalRevision', 'clusterId', 'name', 'namespace', 'networkMode', 'node'], text),
  ...all(['protocol', 'serviceAccount', 'status', 'trustDomain', 'uid', 'workloadName', 'workloadType'], text),
}

/** `isShown`: of a service, by its namespace. */
export const workloadOf = (workload: unknown, isShown: (namespace: string) => boolean): Json => ({
  ...shaped(recordAt(workload), ofWorkload),
  services: textsAt(workload, 'services').filter((name) => isShown(name.split('/', 1)[0] ?? '')),
  workloadIps: textsAt(workload, 'workloadIps'),
})

const shaped = (value: Json, form: Readonly<Record<string, Form>>): Json =>
  Object.fromEntries(Object.entries(form).map(([name, read]) => [name, read(value[name])]))

function all(names: readonly string[], form: Form): Record<string, Form> {
  return Object.fromEntries(names.map((name) => [name, form]))
}
