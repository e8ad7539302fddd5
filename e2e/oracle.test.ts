/**
 * The simulator knows what it simulated: the graph of every type must be the scenario's calls and nothing else, the
 * differences those that were planted. Asked of the whole console over the network.
 */
import { loadConfig } from '@binocle/server/config/load'
import { type RunningServer, startServer } from '@binocle/server/main'
import { demoScenario } from '@binocle/simulator/demo/demo'
import type { SimCall } from '@binocle/simulator/scenario'
import { type SimulatedMesh, startMesh } from '@binocle/simulator/start'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

const scenario = { ...demoScenario(), breath: 0 }
let mesh: SimulatedMesh
let server: RunningServer

beforeAll(async () => {
  mesh = await startMesh({ scenario, living: false })
  const { config } = loadConfig({
    flags: { port: 0, kubeconfigs: [mesh.kubeconfigFile], contexts: ['*'], prometheusUrl: mesh.prometheus.url },
  })
  server = await startServer(config)
  const reached = () => server.mesh.clusters.list().every(({ state }) => state === 'reachable')
  await vi.waitUntil(reached, { timeout: 30_000 })
})

afterAll(async () => {
  await server?.close()
  await mesh?.close()
})

async function asked<T>(path: string, parse: (body: unknown) => T): Promise<T> {
  const answer = await fetch(`${server.url}${path}`)
  expect(answer.status).toBe(200)
  return parse(JSON.parse(await answer.text()))
}

type Rates = ReadonlyMap<string, number>

/** One end of a call as the graph of a type names it; undefined where that type draws no such end. */
interface Naming {
  source(call: SimCall): readonly string[]
  target(call: SimCall): string | undefined
}

const workloadAt = (at: SimCall['source']) =>
  scenario.workloads.find((w) => w.cluster === at?.cluster && w.namespace === at.namespace && w.name === at.workload)

const outside = 'outside'
const appAt = (at: SimCall['source'], versioned: boolean): string => {
  const workload = workloadAt(at)
  if (workload === undefined) return outside
  const name = versioned ? `${workload.app} ${workload.name}` : workload.app
  return `${workload.cluster}/${workload.namespace}/${name}`
}
const serviceOf = (call: SimCall): string =>
  `service ${(call.destination ?? call.source)?.cluster}/${call.service.namespace}/${call.service.name}`
const workloadKey = (at: SimCall['source']): string =>
  at === undefined ? outside : `${at.cluster}/${at.namespace}/${at.workload}`

/** The services through which a workload is reached: in a service graph it calls in their name. */
function servicesOf(at: SimCall['source']): readonly string[] {
  if (at === undefined) return [outside]
  const reached = scenario.calls.filter((call) => call.destination && workloadKey(call.destination) === workloadKey(at))
  const services = [...new Set(reached.map(serviceOf))]
  return services.length > 0 ? services : [workloadKey(at)]
}

const namings: Readonly<Record<string, Naming>> = {
  workload: {
    source: ({ source }) => [workloadKey(source)],
    target: (call) => (call.destination ? workloadKey(call.destination) : serviceOf(call)),
  },
  app: {
    source: ({ source }) => [appAt(source, false)],
    target: (call) => (call.destination ? appAt(call.destination, false) : serviceOf(call)),
  },
  versionedApp: {
    source: ({ source }) => [appAt(source, true)],
    target: (call) => (call.destination ? appAt(call.destination, true) : serviceOf(call)),
  },
  service: { source: ({ source }) => servicesOf(source), target: serviceOf },
}

/** Requests per second by `source -> target protocol`. TCP is compared by its presence: its unit is another. */
function simulated({ source, target }: Naming): Rates {
  const rates = new Map<string, number>()
  for (const call of scenario.calls)
    for (const from of source(call)) {
      const key = `${from} -> ${target(call)} ${call.protocol}`
      rates.set(key, (rates.get(key) ?? 0) + (call.protocol === 'tcp' ? 0 : call.rate))
    }
  return rates
}

interface WireNode {
  id: string
  nodeType: string
  cluster: string
  namespace: string
  app?: string
  workload?: string
  service?: string
}
interface WireGraph {
  elements: {
    nodes: { data: WireNode }[]
    edges: { data: { source: string; target: string; traffic: { protocol: string; rates: Record<string, string> } } }[]
  }
}

function drawn(graph: WireGraph, type: string): Rates {
  const names = new Map(graph.elements.nodes.map(({ data }) => [data.id, nameOf(data, type)]))
  return new Map(
    graph.elements.edges.map(({ data }) => {
      const { protocol, rates } = data.traffic
      const rate = protocol === 'tcp' ? 0 : Number(rates[protocol])
      return [`${names.get(data.source)} -> ${names.get(data.target)} ${protocol}`, rate]
    }),
  )
}

function nameOf({ nodeType, cluster, namespace, app, workload, service }: WireNode, type: string): string {
  if (nodeType === 'unknown') return outside
  if (nodeType === 'service') return `service ${cluster}/${namespace}/${service}`
  if (type === 'app') return `${cluster}/${namespace}/${app}`
  return `${cluster}/${namespace}/${type === 'versionedApp' ? `${app} ${workload}` : workload}`
}

describe('the graph', () => {
  it.each(Object.entries(namings))(
    'of type %s is the simulated calls, all of them and no other',
    async (type, naming) => {
      const path = `api/multicluster/graph?graphType=${type}&injectServiceNodes=false&duration=300s&appenders=`
      const found = await asked(path, (body) => drawn(graphOf(body), type))
      const expected = simulated(naming)
      expect([...found.keys()].sort()).toEqual([...expected.keys()].sort())
      const wrong = [...expected].filter(([key, rate]) => Math.abs((found.get(key) ?? 0) - rate) > 0.01 + rate * 0.01)
      expect(wrong).toEqual([])
    },
  )
})

function graphOf(body: unknown): WireGraph {
  if (!isGraph(body)) throw new Error('that is no graph')
  return body
}

const isGraph = (body: unknown): body is WireGraph => typeof body === 'object' && body !== null && 'elements' in body

/** Attributes of the lists by what a scenario plants. `presence` and `workloads` are not attributes of a list. */
const wordOf: Readonly<Record<string, (attribute: string) => boolean>> = {
  ports: (attribute) => attribute === 'ports',
  labels: (attribute) => attribute.startsWith('labels'),
  image: (attribute) => attribute === 'image',
  replicas: (attribute) => attribute === 'replicas',
  versions: (attribute) => attribute === 'versions',
  workloads: (attribute) => attribute === 'workloads',
  config: (attribute) => attribute.startsWith('config'),
}

describe('the differences', () => {
  it.each(['service', 'workload', 'app'] as const)('of each %s are those that were planted', async (kind) => {
    const objects = await asked(`api/multicluster/${kind}s`, objectsOf)
    const found = objects.flatMap(({ namespace, name, differs }) =>
      differs.map((attribute) => `${namespace}/${name} ${wordFor(attribute)}`),
    )
    const planted = (scenario.differences ?? [])
      .filter((one) => one.kind === kind && one.what !== 'presence')
      .map(({ namespace, name, what }) => `${namespace}/${name} ${what}`)
    expect([...new Set(found)].sort()).toEqual([...new Set(planted)].sort())
  })

  it.each(['service', 'workload', 'app'] as const)(
    'of where each %s lives are those that were planted',
    async (kind) => {
      const objects = await asked(`api/multicluster/${kind}s`, objectsOf)
      const alone = objects.filter(({ members, apart }) => members.length === 1 && !apart)
      const planted = (scenario.differences ?? []).filter((one) => one.kind === kind && one.what === 'presence')
      expect(alone.map(({ namespace, name }) => `${namespace}/${name}`).sort()).toEqual(
        planted.map(({ namespace, name }) => `${namespace}/${name}`).sort(),
      )
    },
  )
})

const wordFor = (attribute: string): string =>
  Object.entries(wordOf).find(([, matches]) => matches(attribute))?.[0] ?? attribute

interface ListedObject {
  namespace: string
  name: string
  differs: string[]
  members: unknown[]
  apart?: unknown
}

const isList = (body: unknown): body is { objects: ListedObject[] } =>
  typeof body === 'object' && body !== null && 'objects' in body && Array.isArray(body.objects)

function objectsOf(body: unknown): ListedObject[] {
  if (!isList(body)) throw new Error('that is no list')
  return body.objects
}
