/** For tests: answers of istiod by path, and an inventory with one istiod pod. */
import { unknown } from '@binocle/api/known'
import { createInventory } from '../inventory/live.ts'
import type { PodHttp } from '../kube/podRequest.ts'
import type { IstiodFacts } from './facts.ts'
import type { IstiodPod } from './pods.ts'

export const istiodPod: IstiodPod = {
  cluster: 'east',
  namespace: 'istio-system',
  pod: 'istiod-1',
  monitoringPort: 15014,
  revision: 'default',
  ready: true,
}

/** A body, or what the request fails with. */
export type Answers = Readonly<Record<string, string | Error>>

/** Bodies come in two chunks, cut in the middle. `asked` are the paths in order. */
export function podHttpOf(answers: Answers, asked: string[] = []): PodHttp {
  const bodyOf = (path: string): string => {
    asked.push(path)
    const answer = answers[path]
    if (answer instanceof Error) throw answer
    if (answer === undefined) throw new Error(`connect ECONNREFUSED ${path}`)
    return answer
  }
  return {
    text: async ({ path }) => bodyOf(path),
    read: async ({ path }, take) => {
      const body = Buffer.from(bodyOf(path))
      const half = body.length >> 1
      await take(body.subarray(0, half))
      await take(body.subarray(half))
    },
    close: () => {},
  }
}

const cause = unknown({ code: 'BIN-ISTIOD-UNREACHABLE', message: 'not asked yet' })

export const nothingKnown: IstiodFacts = {
  ready: cause,
  version: cause,
  remotes: cause,
  proxies: cause,
  registry: cause,
  config: cause,
}

const meta = (name: string, namespace: string, labels: Record<string, string>) => ({
  cluster: 'east',
  namespace,
  name,
  uid: '',
  resourceVersion: '',
  createdAt: '',
  labels,
  annotations: {},
  hasLabels: true,
  hasAnnotations: false,
})

/** One control plane of revision `default` in east, with the pods of these names; `put` changes or adds one. */
export function meshWithIstiods(...names: readonly string[]) {
  const inventory = createInventory()
  const labels = { app: 'istiod', 'istio.io/rev': 'default' }
  inventory.setState('namespaces', 'east', { state: 'live', asOf: 0 })
  inventory.put('namespaces', meta('istio-system', '', {}))
  inventory.put('deployments.apps', {
    ...meta('istiod', 'istio-system', labels),
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    owners: [],
    selector: {},
    template: {
      labels: {},
      annotations: {},
      hasLabels: true,
      hasAnnotations: false,
      serviceAccount: '',
      containers: [{ name: 'discovery', image: 'pilot:1', env: { CLUSTER_ID: 'east' }, args: [] }],
    },
    desiredReplicas: 1,
    currentReplicas: 1,
    availableReplicas: 1,
    readyReplicas: 1,
  })
  const put = (name: string, ready: boolean, phase = 'Running'): void => {
    inventory.put('pods', {
      ...meta(name, 'istio-system', labels),
      owners: [],
      containers: [],
      initContainers: [],
      serviceAccount: '',
      nodeName: '',
      hostNetwork: false,
      phase,
      message: '',
      reason: '',
      podIP: '',
      ready,
    })
  }
  for (const name of names) put(name, true)
  const remove = (name: string): void =>
    void inventory.remove('pods', { cluster: 'east', namespace: 'istio-system' }, name)
  return { inventory, put, remove }
}
