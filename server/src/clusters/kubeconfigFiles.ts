/** A source of clusters: kubeconfig files, and the files that they name. */
import { dirname } from 'node:path'
import type { ClusterName } from '@binocle/api/identity'
import { parseKubeconfig } from '../kube/kubeconfig.ts'
import type { ClusterSpec } from '../kube/spec.ts'
import type { Surroundings } from '../kube/surroundings.ts'
import { type Files, watchFiles } from './files.ts'
import type { ClusterSource, KubernetesConfig } from './source.ts'

/** Calls `onSpecs` when what the files say may have changed, not for the first reading. */
export function watchKubeconfigs(
  config: KubernetesConfig,
  { timers }: Pick<Surroundings, 'timers'>,
  onSpecs: (specs: readonly ClusterSpec[]) => void,
): ClusterSource {
  const lastNames = new Map<string, readonly ClusterName[]>()
  const watched = watchFiles((files) => read(config, files, lastNames), timers, onSpecs)
  return {
    get specs() {
      return watched.value
    },
    stop: watched.stop,
  }
}

type Kubeconfig = KubernetesConfig['kubernetes']['kubeconfigs'][number]

/**
 * `lastNames`: what each file named when it could be read. A file that cannot be read as a whole any more names no
 * cluster; its clusters are then known to be those it had, in error state, and what was known of them stays.
 */
function read(
  { kubernetes }: KubernetesConfig,
  files: Files,
  lastNames: Map<string, readonly ClusterName[]>,
): readonly ClusterSpec[] {
  const { kubeconfigs, execProvider, nameOverrides = {} } = kubernetes
  return kubeconfigs.flatMap((kubeconfig) => {
    const { file, contexts, names = {} } = kubeconfig
    const nameOf = (context: string, cluster: string): ClusterName =>
      names[context] ?? nameOverrides[cluster] ?? cluster
    const source = sourceOf(kubeconfig, nameOf, files)
    const specs =
      typeof source === 'string'
        ? parseKubeconfig(source, {
            folder: dirname(file),
            file,
            contexts,
            nameOf,
            execProvider,
            readFile: files.text,
          })
        : source
    const origin = `kubeconfig ${file}`
    const [whole] = specs
    const before = lastNames.get(file) ?? []
    if (whole !== undefined && 'problem' in whole && whole.name === file && before.length > 0) {
      return before.map((name) => ({ ...whole, name, problem: { ...whole.problem, cluster: name }, origin }))
    }
    if (whole?.name !== file) {
      lastNames.set(
        file,
        specs.map(({ name }) => name),
      )
    }
    return specs.map((spec) => ({ ...spec, origin }))
  })
}

function sourceOf(
  { file, contexts }: Kubeconfig,
  nameOf: (context: string, cluster: string) => ClusterName,
  files: Files,
): string | readonly ClusterSpec[] {
  try {
    return files.text(file)
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read'
    const named = contexts.filter((context) => context !== '*')
    const names = named.length > 0 ? named.map((context) => nameOf(context, context)) : [file]
    return names.map((name) => unreadable(name, file, why))
  }
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
