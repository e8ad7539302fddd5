/** The recorded mesh, behind real sockets: API servers with their istiods behind port-forward, and a Prometheus. */
import { startPrometheus } from '@binocle/simulator/real/prometheus'
import { loadRecording, type Recording } from '@binocle/simulator/recording/load'
import { type MeshOptions, startMesh } from '@binocle/simulator/start'

export interface Bed {
  readonly clusters: readonly string[]
  /** By cluster, the names of its namespaces. */
  readonly namespaces: ReadonlyMap<string, ReadonlySet<string>>
  readonly recording: Recording
  readonly kubeconfigFile: string
  readonly prometheusUrl: string
  close(): Promise<void>
}

/** `real`: a Prometheus of the machine, filled with what the requests look at; it must be installed. */
export type WhichPrometheus = 'real' | 'simulated'

/** The longest window of the recorded requests, and what rates look back beyond it. */
const lookBackMs = 20 * 60_000
const lookAheadMs = 60_000

/** `nowMs`: the recording's "now". `people`: who else is known to the clusters; their rights are recorded. */
export async function startBed(
  folder: string,
  nowMs: number,
  which: WhichPrometheus,
  people: Pick<MeshOptions, 'identities' | 'oidc'> = {},
): Promise<Bed> {
  const recording = await loadRecording(folder)
  const mesh = await startMesh({ recording, clock: () => nowMs, ...people })
  const real =
    which === 'real'
      ? await startPrometheus({ series: recording.series, fromMs: nowMs - lookBackMs, toMs: nowMs + lookAheadMs })
      : undefined
  return {
    clusters: [...mesh.clusters.keys()],
    namespaces: new Map(
      recording.clusters.map(({ name, objects }) => [
        name,
        new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name)),
      ]),
    ),
    recording,
    kubeconfigFile: mesh.kubeconfigFile,
    prometheusUrl: real?.url ?? mesh.prometheus.url,
    close: async () => {
      await Promise.all([mesh.close(), real?.close()])
    },
  }
}
