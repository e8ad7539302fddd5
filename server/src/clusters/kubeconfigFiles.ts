/**
 * A source of clusters: kubeconfig files and the files they point to. They are looked at every two seconds, by their
 * stamps: that sees an edit, a replaced file and the swapped symlink of a mounted Secret alike.
 */
import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ClusterName } from '@binocle/api/identity'
import type { Config } from '../config/config.ts'
import { type ClusterSpec, parseKubeconfig } from '../kube/kubeconfig.ts'
import type { Surroundings } from '../kube/surroundings.ts'

/** The part of the configuration that says which clusters there are. */
export interface KubernetesConfig {
  readonly kubernetes: Pick<Config['kubernetes'], 'execProvider' | 'homeCluster' | 'kubeconfigs'>
}

export interface ClusterSource {
  /** In the order of declaration. */
  readonly specs: readonly ClusterSpec[]
  stop(): void
}

const lookEveryMs = 2_000

/** Calls `onSpecs` when what the files say has changed, not for the first reading. */
export function watchKubeconfigs(
  config: KubernetesConfig,
  surroundings: Surroundings,
  onSpecs: (specs: readonly ClusterSpec[]) => void,
): ClusterSource {
  let files = read(config, surroundings)
  let stamps = stampsOf(files.paths)
  let cancel = surroundings.timers.after(lookEveryMs, look)

  function look(): void {
    cancel = surroundings.timers.after(lookEveryMs, look)
    if (stampsOf(files.paths) === stamps) return
    files = read(config, surroundings)
    stamps = stampsOf(files.paths)
    onSpecs(files.specs)
  }

  return {
    get specs() {
      return files.specs
    },
    stop: () => cancel(),
  }
}

interface Files {
  readonly specs: readonly ClusterSpec[]
  /** All that was read, or was looked for. */
  readonly paths: readonly string[]
}

function read({ kubernetes }: KubernetesConfig, { log }: Surroundings): Files {
  const paths: string[] = []
  const readFile = (path: string): string => {
    paths.push(path)
    return readFileSync(path, 'utf8')
  }
  const byName = new Map<ClusterName, ClusterSpec>()
  for (const { file, contexts } of kubernetes.kubeconfigs) {
    for (const spec of specsOf(file, contexts, kubernetes.execProvider, readFile)) {
      const { name } = spec
      if (byName.has(name)) log('error', 'two contexts lead to one cluster: the first is used', { cluster: name, file })
      else byName.set(name, spec)
    }
  }
  return { specs: [...byName.values()], paths }
}

function specsOf(
  file: string,
  contexts: readonly string[],
  execProvider: Config['kubernetes']['execProvider'],
  readFile: (path: string) => string,
): readonly ClusterSpec[] {
  let source: string
  try {
    source = readFile(file)
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read'
    const names = contexts.filter((context) => context !== '*')
    return (names.length > 0 ? names : [file]).map((name) => unreadable(name, file, why))
  }
  return parseKubeconfig(source, { folder: dirname(file), file, contexts, execProvider, readFile })
}

function unreadable(name: ClusterName, file: string, why: string): ClusterSpec {
  return {
    name,
    server: '',
    problem: {
      code: 'BIN-CLUSTER-CONFIG',
      message: `${name}: the kubeconfig ${file} cannot be read (${why})`,
      cluster: name,
      remedy: 'Check the path and who may read it.',
    },
  }
}

/** Follows symlinks; a file that is not there has a stamp too. */
function stampsOf(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const stats = statSync(path, { throwIfNoEntry: false })
      return stats === undefined ? 'absent' : `${stats.ino} ${stats.size} ${stats.mtimeMs}`
    })
    .join(',')
}
