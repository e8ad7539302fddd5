/** Worlds of `examples.md` as clusters of plain Kubernetes objects. */
import { parseAllDocuments } from 'yaml'
import { deployment, namespace, pod, service, type TestObject } from '../../catalog/testing.ts'
import { type Fields, fieldsOf, labelsOf, recordsOf, textOf, textsOf } from '../../istioconfig/read.ts'

export interface Example {
  readonly title: string
  readonly world: Fields
  readonly clusters: Readonly<Record<string, readonly TestObject[]>>
  /** Lines such as `east DestinationRule bakery/oven invalid` and their checks, in order. */
  readonly expected: readonly string[]
}

export function examplesOf(markdown: string): readonly Example[] {
  return markdown
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [title = ''] = section.split('\n')
      const [world = {}, ...objects] = parseAllDocuments(fenced(section, 'yaml')).map((each) => fieldsOf(each.toJS()))
      const described = fieldsOf(world.world)
      return {
        title,
        world: described,
        clusters: clustersOf(described, objects),
        expected: expectedOf(fenced(section, 'expect')),
      }
    })
}

const fenced = (section: string, language: string): string =>
  new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'm').exec(section)?.[1] ?? ''

/** Each object with its checks as one text, checks in order. */
function expectedOf(text: string): readonly string[] {
  const objects: { head: string; checks: string[] }[] = []
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    if (line.startsWith(' ')) objects.at(-1)?.checks.push(line.trim())
    else objects.push({ head: line.trim(), checks: [] })
  }
  return objects.map(({ head, checks }) => [head, ...checks.sort()].join('\n  ')).sort()
}

function clustersOf(world: Fields, objects: readonly Fields[]): Record<string, TestObject[]> {
  const names = Object.keys(fieldsOf(world.clusters))
  const clusters: Record<string, TestObject[]> = {}
  for (const name of names) {
    const own = objects.filter((each) => (textOf(each['x-cluster']) || names[0]) === name)
    clusters[name] = [...clusterObjects(name, fieldsOf(fieldsOf(world.clusters)[name])), ...own.map(testObject)]
  }
  return clusters
}

function testObject({ 'x-cluster': _, ...object }: Fields): TestObject {
  const metadata = fieldsOf(object.metadata)
  return {
    ...object,
    apiVersion: textOf(object.apiVersion),
    kind: textOf(object.kind),
    metadata: { ...metadata, name: textOf(metadata.name), namespace: textOf(metadata.namespace) },
  }
}

const managed = 'waypoints-of-the-test'

function clusterObjects(cluster: string, described: Fields): readonly TestObject[] {
  const planes = Object.entries(
    described.controlPlanes === undefined ? { main: {} } : fieldsOf(described.controlPlanes),
  ).map(([name, plane]) => ({ name, fields: fieldsOf(plane) }))
  const namespaces = Array.isArray(described.namespaces)
    ? Object.fromEntries(textsOf(described.namespaces).map((name) => [name, {}]))
    : fieldsOf(described.namespaces)
  const first = planes[0]?.name ?? 'main'
  const roots = planes.map(({ fields }) => textOf(fields.namespace) || 'mesh-root')
  const all = { ...Object.fromEntries(roots.map((name) => [name, {}])), ...namespaces }
  return [
    ...Object.entries(all).map(([name, each]) => namespaceOf(name, fieldsOf(each), first)),
    ...planes.flatMap(({ name, fields }) => controlPlane(cluster, name, fields)),
    ...Object.entries(fieldsOf(described.services)).flatMap(([at, services]) =>
      Object.entries(fieldsOf(services)).map(([name, each]) => serviceOf(at, name, fieldsOf(each))),
    ),
    ...Object.entries(fieldsOf(described.workloads)).flatMap(([at, workloads]) =>
      Object.entries(fieldsOf(workloads)).flatMap(([name, each]) => workloadOf(at, name, fieldsOf(each))),
    ),
  ]
}

/** The plane `main` is of revision `default`. */
const revisionOf = (plane: string): string => (plane === 'main' ? 'default' : plane)

function namespaceOf(name: string, fields: Fields, first: string): TestObject {
  const labels = labelsOf(fields.labels)
  const managedBy = textOf(fields.managedBy) || first
  const [cluster, remote] = managedBy.split('/')
  const isMember = 'istio-injection' in labels || 'istio.io/dataplane-mode' in labels || managedBy === 'none'
  const made = namespace(name, {
    ...labels,
    ...(isMember ? {} : { 'istio.io/rev': revisionOf(remote ?? managedBy) }),
  })
  if (remote === undefined) return made
  return { ...made, metadata: { ...made.metadata, annotations: { 'topology.istio.io/controlPlaneClusters': cluster } } }
}

function controlPlane(cluster: string, name: string, fields: Fields): readonly TestObject[] {
  const revision = revisionOf(name)
  const at = textOf(fields.namespace) || 'mesh-root'
  const suffix = revision === 'default' ? '' : `-${revision}`
  const exports = fieldsOf(fields.defaultExportTo)
  const mesh = {
    enableAutoMtls: fields.autoMtls,
    outboundTrafficPolicy: fields.outbound === undefined ? undefined : { mode: fields.outbound },
    trustDomain: fields.trustDomain,
    trustDomainAliases: fields.aliases,
    defaultVirtualServiceExportTo: exports.vs,
    defaultDestinationRuleExportTo: exports.dr,
  }
  const env = { CLUSTER_ID: cluster, EXTERNAL_ISTIOD: 'true' }
  const istiod = deployment(at, `istiod${suffix}`, { labels: { app: 'istiod' } })
  return [
    {
      ...istiod,
      metadata: { ...istiod.metadata, labels: { app: 'istiod', 'istio.io/rev': revision } },
      spec: {
        selector: { matchLabels: { app: 'istiod', revision } },
        template: {
          metadata: { labels: { app: 'istiod' } },
          spec: {
            containers: [
              {
                name: 'discovery',
                image: 'pilot:1',
                env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `istio${suffix}`, namespace: at },
      data: { mesh: JSON.stringify(mesh) },
    },
  ]
}

function serviceOf(at: string, name: string, fields: Fields): TestObject {
  const made = service(at, name, {
    labels: labelsOf(fields.labels),
    selector: labelsOf(fields.selector),
    ports: recordsOf(fields.ports),
  })
  if (typeof fields.exportTo !== 'string') return made
  return { ...made, metadata: { ...made.metadata, annotations: { 'networking.istio.io/exportTo': fields.exportTo } } }
}

function workloadOf(at: string, name: string, fields: Fields): readonly TestObject[] {
  const waypoints = textsOf(fields.waypoints)
  const labels = {
    ...labelsOf(fields.labels),
    ...(waypoints.length === 0
      ? {}
      : { 'istio.io/use-waypoint': waypoints[0] ?? '', 'istio.io/use-waypoint-namespace': managed }),
  }
  const made = deployment(at, name, { labels })
  const ports = recordsOf(fields.ports).map((port) => ({ name: port.name, containerPort: port.port }))
  const one = pod(at, `${name}-1`, labels, {
    sidecar: fields.sidecar !== false,
    owner: { kind: 'ReplicaSet', name: `${name}-1` },
    ...(fields.ambient === true ? { annotations: { 'ambient.istio.io/redirection': 'enabled' } } : {}),
  })
  return [
    {
      ...made,
      metadata: { ...made.metadata, labels },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'app:1', ports }] } },
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${name}-1`,
        namespace: at,
        labels,
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, controller: true, uid: '1' }],
      },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } },
    },
    {
      ...one,
      spec: { containers: [{ name: 'app', image: 'app:1' }], serviceAccountName: textOf(fields.sa) || 'default' },
    },
    ...waypoints.map((waypoint) =>
      deployment(managed, waypoint, { labels: { 'gateway.istio.io/managed': 'istio.io-mesh-controller' } }),
    ),
  ]
}
