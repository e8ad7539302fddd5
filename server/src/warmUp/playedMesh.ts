/** The mesh that a warm-up asks: played objects and traffic, behind the parsers and sources that real ones go through. */
import type { Cluster } from '../clusters/clusters.ts'
import type { Config } from '../config/config.ts'
import type { InventoryWriter, Kind } from '../inventory/inventory.ts'
import { allKinds, resources } from '../inventory/kinds.ts'
import { createInventory } from '../inventory/live.ts'
import { createSharing, type Sharing } from '../inventory/sharing.ts'
import { slim } from '../inventory/slim.ts'
import type { Mesh } from '../model.ts'
import { startTrafficSource } from '../telemetry/source.ts'
import { validationDocuments } from '../validation/documents.ts'
import { startEngine } from '../validation/engine.ts'
import { type PlayedObject, playedClusters, playedObjects } from './playedObjects.ts'
import { playedPrometheus } from './playedTraffic.ts'

export interface PlayedMesh {
  readonly mesh: Mesh
  close(): void
}

/** When all objects are old, and windows hold what is played. */
const playedAtMs = 1_700_000_000_000

/** `spare` calls back in a turn of its own: configuration is judged there. */
export function playMesh(config: Config, spare: (callback: () => void) => void): PlayedMesh {
  const inventory = createInventory((error) => {
    throw error
  })
  const sharing = createSharing(1 << 10)
  for (const cluster of playedClusters) {
    for (const object of playedObjects(cluster)) put(inventory, object.kind, object, cluster, sharing)
    for (const kind of allKinds) inventory.setState(kind, cluster, { state: 'live', asOf: playedAtMs })
  }
  const clock = () => playedAtMs
  const traffic = startTrafficSource(playedPrometheus(), {
    queryScope: {},
    clock,
    gridS: 15,
    healthDurationS: config.health.durationS,
    refreshIntervalS: config.health.refreshIntervalS,
    later: () => () => {},
    keptRows: 0,
  })
  // What is chosen of the real mesh says nothing about this one.
  const { discoverySelectors: _, ...deployment } = config.deployment
  const settings: Config = { ...config, deployment }
  const validations = startEngine({ inventory, config: settings, defer: spare, nowMs: () => performance.now() })
  const list = playedClusters.map(clusterOf)
  return {
    mesh: {
      config: settings,
      clock,
      clusters: {
        list: () => list,
        get: (name) => list.find((cluster) => cluster.name === name),
        onChange: () => () => {},
        retry: () => {},
      },
      inventory,
      traffic,
      validations: validationDocuments(validations, inventory),
    },
    close: () => {
      traffic.close()
      validations.close()
    },
  }
}

function put<K extends Kind>(
  inventory: InventoryWriter,
  kind: K,
  { json }: PlayedObject,
  cluster: string,
  sharing: Sharing,
): void {
  const { group, kubernetesKind, versions } = resources[kind]
  const made = slim(kind, json, { cluster, group, version: versions[0] ?? 'v1', kubernetesKind, sharing })
  if ('rejected' in made) throw new Error(`${kind} ${made.rejected.name}: ${made.rejected.reason}`)
  inventory.put(kind, made.object)
}

const clusterOf = (name: string, index: number): Cluster => ({
  name,
  home: index === 0,
  accessible: true,
  apiEndpoint: '',
  secretName: '',
  state: 'reachable',
  since: playedAtMs,
})
