/**
 * What the chaos asks the console: every page's routes, for all clusters together and for each alone; and which part of
 * an answer speaks of given clusters only, so that it must not change when others break.
 */

export interface Question {
  readonly path: string
  /** The part of the answer about these clusters; undefined: only that it is answered. */
  readonly about?: (body: unknown) => unknown
}

export interface Answer {
  readonly path: string
  /** 0: none within the time that a person would wait at most. */
  readonly status: number
  readonly tookMs: number
  /** Of the part that was asked about; the whole text where that is everything. */
  readonly text: string
}

/** Less than what the slowest fault takes: whoever waits for a sick cluster is found out. */
const patienceMs = 20_000

export async function ask(url: string, { path, about }: Question): Promise<Answer> {
  const begun = performance.now()
  try {
    const answer = await fetch(new URL(path, url), { signal: AbortSignal.timeout(patienceMs) })
    const text = await answer.text()
    const part = about && answer.status === 200 ? JSON.stringify(about(JSON.parse(text))) : text
    return { path, status: answer.status, tookMs: performance.now() - begun, text: part }
  } catch (error) {
    return { path, status: 0, tookMs: performance.now() - begun, text: String(error) }
  }
}

/** How the console says each cluster is. */
export async function stateOf(url: string): Promise<Readonly<Record<string, string>>> {
  const answer = await fetch(new URL('api/multicluster/clusters', url))
  return Object.fromEntries(
    listIn(await answer.json(), 'clusters').map((one) => [textIn(one, 'name'), textIn(one, 'state')]),
  )
}

/** Answers that may change with any cluster, and must be given whatever happens. */
export const everything = (endS: number): Question[] =>
  [
    'healthz',
    'api/status',
    'api/config',
    'api/istio/status',
    'api/mesh/tls',
    'api/namespaces',
    'api/clusters/services?namespaces=front,loans',
    'api/clusters/workloads?namespaces=front,loans',
    'api/clusters/apps?namespaces=front,loans',
    'api/clusters/health?namespaces=front,loans&type=app',
    'api/clusters/tls',
    'api/namespaces/front/services/catalog',
    'api/namespaces/front/workloads/catalog-v1',
    'api/namespaces/loans/apps/loans',
    'api/namespaces/front/info',
    'api/multicluster/clusters',
    'api/multicluster/overview',
    'api/multicluster/services',
    'api/multicluster/workloads',
    'api/multicluster/apps',
    'api/multicluster/namespaces',
    `api/multicluster/graph?queryTime=${endS}`,
    `api/namespaces/graph?namespaces=front,loans&graphType=workload&duration=300s&queryTime=${endS}`,
    'metrics',
  ].map((path) => ({ path }))

/** What is asked about one cluster alone: its answers must not change when another one breaks. */
export const aboutCluster = (cluster: string, endS: number): Question[] => {
  const of = `clusterName=${cluster}&queryTime=${endS}`
  return [
    `api/clusters/services?namespaces=front,loans&health=true&istioResources=true&rateInterval=300s&${of}`,
    `api/clusters/workloads?namespaces=front,loans&health=true&istioResources=true&rateInterval=300s&${of}`,
    `api/clusters/apps?namespaces=front,loans&health=true&istioResources=true&rateInterval=300s&${of}`,
    `api/clusters/health?namespaces=front,loans&type=service&rateInterval=300s&${of}`,
    `api/namespaces/front/services/catalog?rateInterval=300s&${of}`,
    `api/namespaces/loans/services/members?rateInterval=300s&${of}`,
    `api/namespaces/front/workloads/catalog-v1?rateInterval=300s&${of}`,
    `api/namespaces/loans/apps/loans?rateInterval=300s&${of}`,
    `api/namespaces/front/info?clusterName=${cluster}`,
    `api/namespaces/front/tls?clusterName=${cluster}`,
  ].map((path) => ({ path }))
}

/** The rows of these clusters in answers that speak of all. */
export const rowsOf = (clusters: readonly string[], endS: number): Question[] => {
  const ours = (value: unknown): boolean => clusters.includes(textIn(value, 'cluster'))
  const members = (body: unknown): unknown =>
    listIn(body, 'objects')
      .map((object) => ({ object, members: listIn(object, 'members').filter(ours) }))
      .filter(({ members: some }) => some.length > 0)
      .map(({ object, members: some }) => [textIn(object, 'namespace'), textIn(object, 'name'), some])
  return [
    ...['services', 'workloads', 'apps'].map((kind) => ({
      path: `api/multicluster/${kind}?duration=300s&queryTime=${endS}`,
      about: members,
    })),
    { path: 'api/namespaces', about: (body) => (Array.isArray(body) ? body.filter(ours) : body) },
    {
      path: `api/namespaces/graph?namespaces=front,loans&graphType=workload&duration=300s&queryTime=${endS}`,
      about: (body) => graphOf(body, clusters),
    },
  ]
}

/** Nodes of these clusters and the edges between them. Ids stand for what they name, timestamps are gone. */
function graphOf(body: unknown, clusters: readonly string[]): unknown {
  const elements = fieldIn(body, 'elements')
  const nodes = listIn(elements, 'nodes').map((node) => fieldIn(node, 'data'))
  const ours = nodes.filter((node) => clusters.includes(textIn(node, 'cluster')))
  const ids = new Set(ours.map((node) => textIn(node, 'id')))
  const edges = listIn(elements, 'edges').map((edge) => fieldIn(edge, 'data'))
  return {
    nodes: ours,
    edges: edges.filter((edge) => ids.has(textIn(edge, 'source')) && ids.has(textIn(edge, 'target'))),
  }
}

const fieldIn = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined

function listIn(value: unknown, name: string): readonly unknown[] {
  const list = fieldIn(value, name)
  return Array.isArray(list) ? list : []
}

function textIn(value: unknown, name: string): string {
  const text = fieldIn(value, name)
  return typeof text === 'string' ? text : ''
}

/** Which answers are other than they were, and where they begin to be. */
export function changes(before: readonly Answer[], now: readonly Answer[]): string[] {
  return now.flatMap(({ path, status, text }, i) => {
    const was = before[i]
    if (was?.status === status && was.text === text) return []
    let at = 0
    while (at < text.length && text[at] === was?.text[at]) at++
    const part = (of: string | undefined) => of?.slice(Math.max(0, at - 60), at + 60)
    return [`${path}: was ${was?.status} ...${part(was?.text)}..., is ${status} ...${part(text)}...`]
  })
}
