/** Every deployment model through the console's own discovery, over the network: it finds what the model states. */
import { type ClusterConnections, startClusters } from '@binocle/server/clusters/start'
import { createInventory } from '@binocle/server/inventory/live'
import { realTimers } from '@binocle/server/kube/surroundings'
import type { ControlPlane } from '@binocle/server/mesh/controlPlanes'
import { meshFactsOf } from '@binocle/server/mesh/mesh'
import { networkOf } from '@binocle/server/mesh/networks'
import { roleOf } from '@binocle/server/mesh/roles'
import { afterEach, describe, expect, it } from 'vitest'
import type { ExpectedControlPlane } from '../models/model.ts'
import { MODELS } from '../models/models.ts'
import { type SimulatedMesh, startMesh } from '../start.ts'
import { until } from './until.ts'

let mesh: SimulatedMesh | undefined
let clusters: ClusterConnections | undefined
afterEach(async () => {
  await clusters?.close()
  await mesh?.close()
})

const found = (one: ControlPlane): ExpectedControlPlane => ({
  cluster: one.cluster,
  namespace: one.namespace,
  name: one.name,
  revision: one.revision,
  id: one.id,
  external: one.external,
  managesExternal: one.managesExternal,
  ambient: one.ambient,
  network: one.network,
  meshId: one.config.meshId,
  managedClusters: [...one.managedClusters].sort(),
  ...(one.tag === undefined ? {} : { tag: one.tag.name }),
})

const alike = (planes: readonly ExpectedControlPlane[]): readonly ExpectedControlPlane[] =>
  planes.map((one) => ({ ...one, managedClusters: [...one.managedClusters].sort() }))

describe('discovery', () => {
  it.each(MODELS.map((model) => ({ name: model.name, model })))(
    'finds the control planes of the model $name, whom each manages, and the part each cluster plays',
    async ({ model }) => {
      mesh = await startMesh({ scenario: model.scenario, hidden: model.hidden ?? [], living: false })
      const inventory = createInventory()
      const kubernetes = {
        homeCluster: '',
        kubeconfigs: [{ file: mesh.kubeconfigFile, contexts: ['*'] }],
        execProvider: { enabled: false, allow: [] },
      }
      clusters = startClusters({ kubernetes }, inventory, {
        clock: Date.now,
        random: () => 0.5,
        timers: realTimers,
        log: () => {},
      })
      const connections = clusters
      await until(connections.onChange, () => connections.list().every(({ state }) => state === 'reachable'))
      const facts = meshFactsOf(inventory)
      expect(facts.controlPlanes.map(found)).toEqual(alike(model.expected.controlPlanes))
      const parts = connections.list().map(({ name }) => {
        // No cluster is the console's own here.
        return [name, { role: roleOf(inventory, facts, name, false), network: networkOf(inventory, facts, name) }]
      })
      expect(Object.fromEntries(parts)).toEqual(model.expected.clusters)
    },
  )
})
