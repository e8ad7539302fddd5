/**
 * A source of clusters: remote-cluster secrets mounted below one folder, `<root>/<secret>/<cluster>`, each file a
 * kubeconfig (reference: multicluster.md 2.1). One secret may carry many clusters. They come and go while we run.
 */
import { dirname } from 'node:path'
import { specOfEntry } from '../kube/remoteSecret.ts'
import type { ClusterSpec } from '../kube/spec.ts'
import type { Log, Surroundings } from '../kube/surroundings.ts'
import { type Files, watchFiles } from './files.ts'
import type { ClusterSource, KubernetesConfig, RightsOf } from './source.ts'

export function watchMountedSecrets(
  root: string,
  { execProvider }: KubernetesConfig['kubernetes'],
  rightsOf: RightsOf,
  { timers, log }: Pick<Surroundings, 'log' | 'timers'>,
  onSpecs: (specs: readonly ClusterSpec[]) => void,
): ClusterSource {
  const watched = watchFiles((files) => read(root, execProvider, rightsOf, files, log), timers, onSpecs)
  return {
    get specs() {
      return watched.value
    },
    stop: watched.stop,
  }
}

function read(
  root: string,
  execProvider: KubernetesConfig['kubernetes']['execProvider'],
  rightsOf: RightsOf,
  files: Files,
  log: Log,
): readonly ClusterSpec[] {
  return names(root, 'folders', files, log).flatMap((secretName) => {
    const folder = `${root}/${secretName}`
    return names(folder, 'files', files, log).map((key): ClusterSpec => {
      const path = `${folder}/${key}`
      const origin = `the mounted secret ${secretName}`
      let kubeconfig: string
      try {
        kubeconfig = files.text(path)
      } catch {
        return { name: key, server: '', secretName, origin, problem: unreadable(key, path) }
      }
      const istios = secretName.startsWith('istio-remote-secret-')
      const entry = { secretName, key, kubeconfig, origin, istios }
      const own = { execProvider, folder: dirname(path), files: 'folder', readFile: files.text } as const
      return specOfEntry(entry, own, rightsOf(key))
    })
  })
}

/** What Kubernetes keeps beside the keys of a mounted Secret begins with two dots. */
function names(folder: string, wanted: 'files' | 'folders', files: Files, log: Log): readonly string[] {
  try {
    return files.names(folder, wanted).filter((name) => !name.startsWith('..'))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ENOENT') log('error', 'remote-cluster secrets cannot be read', { folder, code })
    return []
  }
}

const unreadable = (cluster: string, path: string) => ({
  code: 'BIN-CLUSTER-CONFIG',
  message: `${cluster}: ${path} cannot be read`,
  cluster,
  remedy: 'Check who may read it: defaultMode of the volume, and the user of the container.',
})
