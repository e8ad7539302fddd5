/** The recorded mesh, behind real sockets: API servers with their istiods behind port-forward, and a Prometheus. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApiServer } from '@binocle/simulator/kube/apiServer'
import { kubeconfigOf } from '@binocle/simulator/kube/kubeconfig'
import { startPrometheusApi } from '@binocle/simulator/prometheus/server'
import { recordedBackend } from '@binocle/simulator/recording/istiods'
import { loadRecording } from '@binocle/simulator/recording/load'

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
  const token = 'golden'
  const servers = await Promise.all(
    recording.clusters.map((cluster) =>
      startApiServer({
        cluster: cluster.name,
        objects: cluster.objects,
        discovery: cluster.discovery,
        identities: [{ token, user: 'console', groups: ['system:masters'] }],
        backend: recordedBackend(recording, cluster),
      }),
    ),
  )
  const prometheus = await startPrometheusApi({ source: recording.series, clock: () => nowMs })
  const scratch = await mkdtemp(join(tmpdir(), 'binocle-golden-'))
  const kubeconfigFile = join(scratch, 'kubeconfig')
  const tokens = Object.fromEntries(servers.map(({ cluster }) => [cluster, token]))
  await writeFile(kubeconfigFile, kubeconfigOf(servers, tokens), { mode: 0o600 })
  return {
    clusters: servers.map(({ cluster }) => cluster),
    namespaces: new Map(
      recording.clusters.map(({ name, objects }) => [
        name,
        new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name)),
      ]),
    ),
    kubeconfigFile,
    prometheusUrl: prometheus.url,
    close: async () => {
      await Promise.all([...servers.map((server) => server.close()), prometheus.close()])
      await rm(scratch, { recursive: true, force: true })
    },
  }
}
