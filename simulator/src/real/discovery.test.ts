/** What the console finds out about every deployment model, from nothing but its Kubernetes objects. */
import { clusterStatuses } from '@binocle/server/catalog/clusterStatuses'
import { everything, testMesh } from '@binocle/server/catalog/testing'
import type { Inventory, InventoryWriter } from '@binocle/server/inventory/inventory'
import { apiVersionOf, resources } from '@binocle/server/inventory/kinds'
import { inventoryOf } from '@binocle/server/inventory/testing'
import { meshFactsOf } from '@binocle/server/mesh/mesh'
import { networkOf } from '@binocle/server/mesh/networks'
import { roleOf } from '@binocle/server/mesh/roles'
import { sameService } from '@binocle/server/mesh/sameness'
import { describe, expect, it } from 'vitest'
import type { Model } from '../models/model.ts'
import { MODELS } from '../models/models.ts'
import { objectsByCluster } from '../objects/objects.ts'
import type { KubernetesJson } from '../scenario.ts'

const plurals = new Map(
  Object.values(resources).map(({ kubernetesKind, group, plural }) => [`${group}/${kubernetesKind}`, plural]),
)

/** Objects as an API server would list them; kinds that the console does not watch are left out. */
function lists(objects: readonly KubernetesJson[]): Record<string, { items: KubernetesJson[] }> {
  const found: Record<string, { items: KubernetesJson[] }> = {}
  for (const object of objects) {
    const { apiVersion, kind } = object
    const slash = apiVersion.indexOf('/')
    const group = slash < 0 ? '' : apiVersion.slice(0, slash)
    const plural = plurals.get(`${group}/${kind}`)
    if (plural === undefined) continue
    const key = `${apiVersionOf(group, apiVersion.slice(slash + 1))}/${plural}`
    found[key] ??= { items: [] }
    found[key].items.push(object)
  }
  return found
}

function inventory({ hidden = [], scenario }: Model): Inventory & InventoryWriter {
  const all = objectsByCluster(scenario, { createdMs: 0, rootCertificate: 'none' })
  return inventoryOf(
    [...all]
      .filter(([cluster]) => !hidden.includes(cluster))
      .map(([cluster, objects]) => ({ cluster, lists: lists(objects) })),
  )
}

/** What the console warns of, `cluster code`, where a model is not well on purpose; nothing in all others. */
const warnings: Readonly<Record<string, readonly string[]>> = {
  'external-out-of-reach': ['back BIN-MESH-CONTROL-PLANE', 'front BIN-MESH-CONTROL-PLANE'],
  misnamed: ['west BIN-CLUSTER-NAME'],
  'primary-remote': ['west BIN-MESH-CONFIG-IGNORED'],
}

describe.each(MODELS.map((model) => [model.name, model] as const))('of %s', (_name, model) => {
  const seen = inventory(model)
  const facts = meshFactsOf(seen)

  it('the control planes', () => {
    expect(
      facts.controlPlanes.map((plane) => ({
        cluster: plane.cluster,
        namespace: plane.namespace,
        name: plane.name,
        revision: plane.revision,
        id: plane.id,
        external: plane.external,
        managesExternal: plane.managesExternal,
        ambient: plane.ambient,
        network: plane.network,
        meshId: plane.config.meshId,
        managedClusters: [...plane.managedClusters].sort(),
        ...(plane.tag === undefined ? {} : { tag: plane.tag.name }),
      })),
    ).toEqual(
      model.expected.controlPlanes.map((plane) => ({ ...plane, managedClusters: [...plane.managedClusters].sort() })),
    )
  })

  it('the part and the network of each cluster', () => {
    const home = seen.clusters()[0]
    expect(
      Object.fromEntries(
        seen
          .clusters()
          .map((cluster) => [
            cluster,
            { role: roleOf(seen, facts, cluster, cluster === home), network: networkOf(seen, facts, cluster) },
          ]),
      ),
    ).toEqual(model.expected.clusters)
  })

  it('what is wrong with it, and nothing else', () => {
    const clusters = Object.fromEntries(seen.clusters().map((cluster) => [cluster, []]))
    expect(
      clusterStatuses({ ...testMesh(clusters), inventory: seen }, everything).flatMap(({ findings = [], name }) =>
        findings.map(({ code }) => `${name} ${code}`),
      ),
    ).toEqual(warnings[model.name] ?? [])
  })
})

describe('of a service that is in two ambient clusters', () => {
  const model = MODELS.find(({ name }) => name === 'ambient')
  const services = (model?.scenario.services ?? []).filter(({ cluster, namespace }) => {
    const both = model?.scenario.namespaces.filter(({ name }) => name === namespace) ?? []
    return cluster === 'east' && both.some(({ labels }) => labels['istio.io/dataplane-mode'] === 'ambient')
  })

  it.each(
    services.map(({ labels, name, namespace }) => [`${namespace}/${name}`, labels, { namespace, name }] as const),
  )('%s, whether it is one for the mesh', (_name, labels, service) => {
    if (model === undefined) throw new Error('there is no ambient model')
    const { config } = testMesh({})
    expect(sameService({ inventory: inventory(model), config }, service, ['east', 'west']).same).toBe(
      labels['istio.io/global'] === 'true',
    )
  })
})
