import { describe, expect, it } from 'vitest'
import { fieldsAt, listAt, textAt } from '../kube/json.ts'
import { scenarioSeries } from '../metrics/scenarioSeries.ts'
import { labelsOf } from '../metrics/series.ts'
import { objectsByCluster } from '../objects/objects.ts'
import type { KubernetesJson } from '../scenario.ts'
import { topologyOf } from '../topology.ts'
import { MODELS, modelNamed } from './models.ts'

describe.each(MODELS.map((model) => ({ name: model.name, model })))('the model $name', ({ model }) => {
  const { scenario, expected } = model
  const topology = topologyOf(scenario)

  it('states what is to be found of every cluster that the console can reach', () => {
    const reached = scenario.clusters.map(({ name }) => name).filter((name) => !model.hidden?.includes(name))
    expect(Object.keys(expected.clusters).sort()).toEqual(reached.sort())
  })

  it('knows both ends of every call', () => {
    for (const call of scenario.calls) {
      expect(call.source === undefined || topology.workload(call.source) !== undefined, JSON.stringify(call)).toBe(true)
      expect(call.destination && topology.workload(call.destination), JSON.stringify(call)).toBeDefined()
    }
  })

  it('has no two series with the same labels', () => {
    const series = scenarioSeries(topology, { clock: () => 0, historyS: 60, stepS: 15 })
    for (const name of ['istio_requests_total', 'istio_tcp_sent_bytes_total', 'pilot_info', 'istio_build']) {
      const keys = series.series(name).map((one) => JSON.stringify(labelsOf(one.metric)))
      expect(new Set(keys).size, name).toBe(keys.length)
    }
  })
})

describe('what marks a model', () => {
  const objects = (name: string, cluster: string): readonly KubernetesJson[] => {
    const model = modelNamed(name)
    if (!model) throw new Error(`there is no model ${name}`)
    return (
      objectsByCluster(model.scenario, { createdMs: Date.UTC(2026, 0, 1), rootCertificate: 'PEM' }).get(cluster) ?? []
    )
  }
  const named = (list: readonly KubernetesJson[], kind: string, name: string) =>
    list.find((object) => object.kind === kind && object.metadata.name === name)
  const environment = (istiod: KubernetesJson | undefined) =>
    Object.fromEntries(
      listAt(listAt(fieldsAt(istiod, 'spec', 'template', 'spec'), 'containers')[0], 'env').map((variable) => [
        textAt(variable, 'name'),
        textAt(variable, 'value'),
      ]),
    )

  it('a remote says who controls it, finds its istiod through a service without selector, and has none', () => {
    const west = objects('primary-remote', 'west')
    expect(named(west, 'Deployment', 'istiod')).toBeUndefined()
    expect(fieldsAt(named(west, 'Namespace', 'istio-system'), 'metadata', 'annotations')).toEqual({
      'topology.istio.io/controlPlaneClusters': 'east',
    })
    const service = named(west, 'Service', 'istiod')
    expect(Object.keys(fieldsAt(service, 'spec'))).not.toContain('selector')
    const slice = named(west, 'EndpointSlice', 'istiod')
    const gateway = named(objects('primary-remote', 'east'), 'Service', 'istio-eastwestgateway')
    expect(listAt(slice, 'endpoints')).toMatchObject([
      { addresses: [textAt(listAt(gateway, 'status', 'loadBalancer', 'ingress')[0], 'ip')] },
    ])
    expect(named(west, 'ConfigMap', 'istio')).toBeUndefined()
  })

  it('a primary with remotes is told so, one without is not', () => {
    expect(environment(named(objects('primary-remote', 'east'), 'Deployment', 'istiod'))).toMatchObject({
      CLUSTER_ID: 'east',
      EXTERNAL_ISTIOD: 'true',
    })
    expect(environment(named(objects('multi-primary', 'east'), 'Deployment', 'istiod'))).not.toHaveProperty(
      'EXTERNAL_ISTIOD',
    )
  })

  it('an external control plane reads another cluster, beside an ordinary one', () => {
    const istiods = objects('external-control-plane', 'hub').filter(
      (object) => object.kind === 'Deployment' && object.metadata.name === 'istiod',
    )
    expect(istiods.map((istiod) => [istiod.metadata.namespace, environment(istiod).CLUSTER_ID])).toEqual([
      ['istio-system', 'hub'],
      ['external-istiod', 'front'],
    ])
    expect(environment(istiods[1])).toMatchObject({ EXTERNAL_ISTIOD: 'true', SHARED_MESH_CONFIG: 'istio' })
    const webhook = named(
      objects('external-control-plane', 'front'),
      'MutatingWebhookConfiguration',
      'istio-sidecar-injector-external-istiod',
    )
    expect(textAt(listAt(webhook, 'webhooks')[0], 'clientConfig', 'url')).toMatch(/\/inject\/cluster\/front\/net\//)
  })

  it('a tag is a webhook of its own that names its revision', () => {
    const tag = named(objects('canary', 'main'), 'MutatingWebhookConfiguration', 'istio-revision-tag-next')
    expect(fieldsAt(tag, 'metadata', 'labels')).toMatchObject({ 'istio.io/tag': 'next', 'istio.io/rev': '1-30-1' })
  })

  it('nothing names a network where none is stated', () => {
    expect(JSON.stringify(objects('single', 'Kubernetes'))).not.toContain('topology.istio.io/network')
  })

  it('an ambient cluster has ztunnel on its nodes, a waypoint, and a gateway for HBONE alone', () => {
    const east = objects('ambient', 'east')
    expect(named(east, 'DaemonSet', 'ztunnel')).toBeDefined()
    expect(named(east, 'Deployment', 'waypoint')).toBeDefined()
    expect(
      listAt(named(east, 'Service', 'istio-eastwestgateway'), 'spec', 'ports').map((port) => textAt(port, 'name')),
    ).toEqual(['status-port', 'hbone'])
    expect(environment(named(east, 'Deployment', 'istiod'))).toMatchObject({
      PILOT_ENABLE_AMBIENT: 'true',
      AMBIENT_ENABLE_MULTI_NETWORK: 'true',
    })
  })

  it('a cluster outside of the mesh has nothing of Istio', () => {
    const north = objects('mixed', 'north')
    expect(named(north, 'Namespace', 'kube-system')).toBeDefined()
    expect(JSON.stringify(north)).not.toMatch(/istio/)
  })
})
