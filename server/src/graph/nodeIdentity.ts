/** Which node a set of labels stands for: its key, type and fields (reference: graph.md 3.2, 3.3). */
import type { GraphType, NodeType } from '@binocle/api/graph'

export interface ServiceName {
  readonly cluster: string
  readonly namespace: string
  readonly name: string
}

export interface NodeIdentity {
  /** Published as its SHA-256. */
  readonly key: string
  readonly type: Exclude<NodeType, 'box'>
  readonly cluster: string
  readonly namespace: string
  readonly workload: string
  readonly app: string
  readonly version: string
  readonly service: string
  readonly aggregate?: string
  readonly restricted?: boolean
  /** Published ids, worked out when first asked for: of the node, and of its edges by `edgeKey`. */
  published?: { readonly id: string; readonly edges: Map<string, string> }
  /** Keys of edges that lead here, by protocol; see `edgeKeyTo`. */
  edgeKeys?: Map<string, string>
}

/** What labels say of one end. Sources have the service ''. */
export interface EndLabels {
  readonly cluster: string
  readonly serviceNamespace: string
  readonly service: string
  readonly workloadNamespace: string
  readonly workload: string
  readonly app: string
  readonly version: string
}

/** The node of one end; undefined when the labels name nothing. */
export function nodeIdentity(end: EndLabels, graphType: GraphType): NodeIdentity | undefined {
  const { cluster, service, workload, app, version } = end
  const namespace = isOk(end.workloadNamespace) ? end.workloadNamespace : end.serviceNamespace
  const fields = { cluster, namespace, workload, app, version, service: '' }
  if (namespace === 'unknown' && workload === 'unknown' && app === 'unknown' && service === '') {
    return { key: `${cluster}_unknown_source`, type: 'unknown', ...fields }
  }
  if (workload === 'unknown' && app === 'unknown' && service === 'unknown') {
    return serviceIdentity(cluster, namespace, 'unknown')
  }
  if (!isOk(workload) && !isOk(app) && !isOk(service)) return undefined
  if (graphType === 'workload' || graphType === 'service') {
    if (isOk(workload)) return workloadIdentity(fields)
    return serviceIdentity(cluster, namespace, isOk(service) ? service : 'unknown')
  }
  if (isOk(app)) {
    if (graphType === 'app') {
      return { key: `app_${cluster}_${namespace}_${app}`, type: 'app', ...fields, workload: '', version: '' }
    }
    const key = isOk(workload)
      ? `vapp_${cluster}_${namespace}_${workload}`
      : isVersionOk(version)
        ? `vapp_${cluster}_${namespace}_${app}_${version}`
        : `app_${cluster}_${namespace}_${app}`
    return { key, type: 'app', ...fields }
  }
  return isOk(workload) ? workloadIdentity(fields) : serviceIdentity(cluster, namespace, service)
}

/** A service node, injected or reached by requests that no workload served. */
export const serviceIdentity = (cluster: string, namespace: string, service: string): NodeIdentity => ({
  key: `svc_${cluster}_${namespace}_${service}`,
  type: 'service',
  cluster,
  namespace,
  workload: '',
  app: '',
  version: '',
  service,
})

/** An operation node, `label=value`; tied to a service (with its app) when service nodes are shown. */
export function aggregateIdentity(
  cluster: string,
  namespace: string,
  label: string,
  value: string,
  service: string,
  app: string,
): NodeIdentity {
  const key = `agg_${cluster}_${namespace}_${label}_${value}`
  return {
    key: service === '' ? key : `${key}_${service}`,
    type: 'aggregate',
    cluster,
    namespace,
    workload: '',
    app,
    version: '',
    service,
    aggregate: `${label}=${value}`,
  }
}

/** Everything that the viewer may not see, as one node without a name. */
export const restrictedIdentity: NodeIdentity = {
  key: 'restricted',
  type: 'unknown',
  cluster: 'unknown',
  namespace: 'unknown',
  workload: '',
  app: '',
  version: '',
  service: '',
  restricted: true,
}

function workloadIdentity(fields: Omit<NodeIdentity, 'key' | 'type'>): NodeIdentity {
  return {
    key: `wl_${fields.cluster}_${fields.namespace}_${fields.workload}`,
    type: 'workload',
    ...fields,
    app: fields.app === 'unknown' ? '' : fields.app,
    version: fields.version === 'unknown' ? '' : fields.version,
  }
}

/** Labels say `unknown` where they do not know; versions say `latest` where there is none. */
export const isOk = (text: string): boolean => text !== '' && text !== 'unknown'
export const isVersionOk = (text: string): boolean => isOk(text) && text !== 'latest'
