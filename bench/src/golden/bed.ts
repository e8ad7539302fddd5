/** The recorded mesh, behind real sockets: API servers with their istiods behind port-forward, and a Prometheus. */
import { loadRecording } from '@binocle/simulator/recording/load'
import { startMesh } from '@binocle/simulator/start'

export interface Bed {
  readonly clusters: readonly string[]
  /** By cluster, the names of its namespaces. */
  readonly namespaces: ReadonlyMap<string, ReadonlySet<string>>
  readonly kubeconfigFile: string
  readonly prometheusUrl: string
  close(): Promise<void>
}

/** `nowMs`: the recording's "now". */
export async function startBed(folder: string, nowMs: number): Promise<Bed> {
  const recording = await loadRecording(folder)
  const mesh = await startMesh({ recording, clock: () => nowMs })
  return {
    clusters: [...mesh.clusters.keys()],
    namespaces: new Map(
      recording.clusters.map(({ name, objects }) => [
        name,
        new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name)),
      ]),
    ),
    kubeconfigFile: mesh.kubeconfigFile,
    prometheusUrl: mesh.prometheus.url,
    close: () => mesh.close(),
  }
}
