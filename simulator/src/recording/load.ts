/**
 * A recorded mesh from a folder: every cluster's objects and discovery documents as served, the series as straight
 * lines, the answers of the istiods. The form is that of `../shared/golden/README.md`: `clusters/*.json.gz`,
 * `metrics.json.gz`, `istiod/<control plane>/*.json`.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { isFields, textAt } from '../kube/json.ts'
import type { Discovery } from '../kube/resources.ts'
import type { SeriesSource } from '../metrics/series.ts'
import type { KubernetesJson } from '../scenario.ts'
import { recordedObjects } from './objects.ts'
import { loadProxies, type RecordedProxies } from './proxies.ts'
import { type Placement, recordedSeries } from './series.ts'

export interface Recording {
  readonly clusters: readonly RecordedCluster[]
  readonly series: SeriesSource
  /** Unix seconds, as recorded plus the shift. */
  readonly t0: number
  readonly end: number
  /** Control plane -> path (`/debug/syncz`, `/version`, ...) -> body. */
  readonly istiods: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly proxies: RecordedProxies
}

export interface RecordedCluster {
  readonly name: string
  readonly discovery: Discovery
  readonly objects: readonly KubernetesJson[]
}

/** Throws with the file's name when something in the folder does not have the expected form. */
export async function loadRecording(folder: string, options: Placement = {}): Promise<Recording> {
  const files = (await readdir(join(folder, 'clusters'))).filter((name) => /\.json(\.gz)?$/.test(name)).sort()
  const clusters = await Promise.all(files.map((name) => loadCluster(join(folder, 'clusters', name))))
  const metrics = await readJson(join(folder, 'metrics.json.gz'))
  const { source, t0, end } = recordedSeries(metrics, options)
  const istiods = await loadIstiods(join(folder, 'istiod'))
  return { clusters, series: source, t0, end, istiods, proxies: await loadProxies(folder) }
}

async function loadCluster(file: string): Promise<RecordedCluster> {
  const recorded = await readJson(file)
  const name = textAt(recorded, 'cluster')
  if (!isFields(recorded) || name === '' || !isFields(recorded.apiResources)) {
    throw new Error(`${file} is not a recorded cluster: it lacks cluster, apiGroups, apiResources or lists`)
  }
  return {
    name,
    discovery: { version: recorded.version, apiGroups: recorded.apiGroups, apiResources: recorded.apiResources },
    objects: recordedObjects(recorded),
  }
}

async function loadIstiods(folder: string): Promise<Map<string, Map<string, string>>> {
  const names = await readdir(folder).catch(() => [])
  const istiods = await Promise.all(
    names.map(async (name) => {
      const files = await readdir(join(folder, name))
      const answers = await Promise.all(
        files.map(
          async (file): Promise<[string, string]> => [
            pathOf(file.replace(/\.json(\.gz)?$/, '')),
            await readText(join(folder, name, file)),
          ],
        ),
      )
      return [name, new Map(answers)] as const
    }),
  )
  return new Map(istiods)
}

const pathOf = (name: string) => (name === 'version' || name === 'ready' ? `/${name}` : `/debug/${name}`)

const unzipped = promisify(gunzip)

async function readText(file: string): Promise<string> {
  const bytes = await readFile(file)
  return (file.endsWith('.gz') ? await unzipped(bytes) : bytes).toString('utf8')
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readText(file))
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON: ${String(error)}`)
  }
}
