import { describe, expect, it } from 'vitest'
import { demoScenario } from '../demo/demo.ts'
import { generateScenario } from '../generate/generate.ts'
import { fieldsAt, listAt, numberAt, textAt } from '../kube/json.ts'
import { MODELS } from '../models/models.ts'
import type { KubernetesJson, Scenario } from '../scenario.ts'
import { objectsByCluster } from './objects.ts'

const CREATED_MS = Date.UTC(2026, 0, 1)

describe.each([
  ['the demo', demoScenario()],
  ['a generated mesh', generateScenario('XS')],
  ...MODELS.map(({ name, scenario }): [string, Scenario] => [`the model ${name}`, scenario]),
])('the objects of %s', (_name, scenario) => {
  const clusters = objectsByCluster(scenario, { createdMs: CREATED_MS, rootCertificate: 'PEM' })
  const all = [...clusters].flatMap(([cluster, objects]) => objects.map((object) => ({ cluster, object })))
  const key = (cluster: string, kind: string, namespace: string | undefined, name: string) =>
    `${cluster}/${kind}/${namespace ?? ''}/${name}`
  const byKey = new Map(
    all.map(({ cluster, object: o }) => [key(cluster, o.kind, o.metadata.namespace, o.metadata.name), o]),
  )
  const kinds = (kind: string) => all.filter(({ object }) => object.kind === kind)

  it('exist once each', () => {
    expect(byKey.size).toBe(all.length)
  })

  it('have owners that exist, with the right uid', () => {
    const orphans = all.filter(({ cluster, object }) =>
      listAt(object.metadata, 'ownerReferences').some((owner) => {
        const found = byKey.get(key(cluster, textAt(owner, 'kind'), object.metadata.namespace, textAt(owner, 'name')))
        return textAt(found, 'metadata', 'uid') !== textAt(owner, 'uid')
      }),
    )
    expect(orphans).toEqual([])
    expect(kinds('Pod').every(({ object }) => listAt(object.metadata, 'ownerReferences').length === 1)).toBe(true)
  })

  it('live in namespaces that exist', () => {
    const homeless = all.filter(
      ({ cluster, object }) =>
        object.metadata.namespace !== undefined &&
        !byKey.has(key(cluster, 'Namespace', undefined, object.metadata.namespace)),
    )
    expect(homeless).toEqual([])
  })

  it('run as service accounts, on nodes, that exist', () => {
    const lost = kinds('Pod').filter(
      ({ cluster, object }) =>
        !byKey.has(
          key(cluster, 'ServiceAccount', object.metadata.namespace, textAt(object, 'spec', 'serviceAccountName')),
        ) || !byKey.has(key(cluster, 'Node', undefined, textAt(object, 'spec', 'nodeName'))),
    )
    expect(lost).toEqual([])
  })

  it('have pod addresses that are unique in their cluster', () => {
    const addresses = kinds('Pod').map(({ cluster, object }) => `${cluster}/${textAt(object, 'status', 'podIP')}`)
    expect(new Set(addresses).size).toBe(addresses.length)
  })

  it('select at least one pod with every service, as the EndpointSlice says', () => {
    for (const { object } of kinds('EndpointSlice')) {
      expect(listAt(object, 'endpoints').length, object.metadata.name).toBeGreaterThan(0)
    }
    for (const { cluster, object } of kinds('Service')) {
      if (Object.keys(fieldsAt(object, 'spec', 'selector')).length === 0) continue
      expect(podsSelected(cluster, object).length, object.metadata.name).toBeGreaterThan(0)
    }
  })

  it('count as many ready replicas as there are ready pods', () => {
    for (const { cluster, object } of kinds('ReplicaSet')) {
      const pods = kinds('Pod').filter(
        (pod) =>
          pod.cluster === cluster &&
          textAt(listAt(pod.object.metadata, 'ownerReferences')[0], 'uid') === textAt(object.metadata, 'uid'),
      )
      expect(pods.filter(({ object: pod }) => isReady(pod)).length).toBe(numberAt(object, 'status', 'readyReplicas'))
    }
  })

  function podsSelected(cluster: string, service: KubernetesJson) {
    const selector = Object.entries(fieldsAt(service, 'spec', 'selector'))
    return kinds('Pod').filter(
      (pod) =>
        pod.cluster === cluster &&
        pod.object.metadata.namespace === service.metadata.namespace &&
        selector.every(([label, value]) => fieldsAt(pod.object.metadata, 'labels')[label] === value),
    )
  }
})

const isReady = (pod: unknown) =>
  listAt(pod, 'status', 'conditions').some((c) => textAt(c, 'type') === 'Ready' && textAt(c, 'status') === 'True')

describe('what a console reads of the demo', () => {
  const clusters = objectsByCluster(demoScenario(), { createdMs: CREATED_MS, rootCertificate: 'PEM' })
  const find = (cluster: string, kind: string, name: string) =>
    clusters.get(cluster)?.find((object) => object.kind === kind && object.metadata.name.startsWith(name))

  it('tells injected pods by their status annotation and native sidecar', () => {
    const pod = find('east', 'Pod', 'cart-v1')
    expect(JSON.parse(textAt(pod?.metadata, 'annotations', 'sidecar.istio.io/status'))).toMatchObject({
      initContainers: ['istio-init', 'istio-proxy'],
    })
    expect(listAt(pod, 'spec', 'initContainers').map((c) => textAt(c, 'restartPolicy'))).toEqual(['', 'Always'])
  })

  it('names the cluster-local service in the mesh config', () => {
    const mesh = clusters.get('west')?.find((object) => object.kind === 'ConfigMap' && object.metadata.name === 'istio')
    expect(textAt(mesh, 'data', 'mesh')).toContain('session-cache.shop.svc.cluster.local')
  })

  it('names the cluster in the environment of istiod', () => {
    const env = listAt(listAt(find('west', 'Deployment', 'istiod'), 'spec', 'template', 'spec', 'containers')[0], 'env')
    expect(env).toContainEqual({ name: 'CLUSTER_ID', value: 'west' })
  })

  it('shows the two crash-looping pods of recommend in east alone', () => {
    const waiting = (cluster: string) =>
      (clusters.get(cluster) ?? [])
        .filter((object) => object.kind === 'Pod')
        .flatMap((pod) =>
          listAt(pod, 'status', 'containerStatuses').map((s) => textAt(s, 'state', 'waiting', 'reason')),
        )
        .filter((reason) => reason !== '')
    expect(waiting('east')).toEqual(['CrashLoopBackOff', 'CrashLoopBackOff'])
    expect(waiting('west')).toEqual([])
  })

  it('keeps a remote secret for the other cluster', () => {
    expect(find('east', 'Secret', 'istio-remote-secret-west')?.metadata.labels).toEqual({
      'istio/multiCluster': 'true',
    })
  })
})
