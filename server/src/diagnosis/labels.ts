/**
 * Do workloads of the mesh say what they are? Without a label `app` a workload belongs to no application, without
 * `version` its versions cannot be told apart. A sample of pods is enough to know the habit of a cluster.
 */
import { record, text } from '../inventory/json.ts'
import type { KubeApi } from '../kube/api.ts'
import { listed, metadataOnly } from './istiod.ts'
import { type Outcome, ok, trouble } from './step.ts'

const sampled = 500
/** The injector puts it on every pod with a sidecar. */
const meshed = 'service.istio.io/canonical-name'
const appLabels = ['app', 'app.kubernetes.io/name']
const versionLabels = ['version', 'app.kubernetes.io/version']

/** Throws `KubeFailure`. */
export async function labelsOutcome(api: KubeApi, signal: AbortSignal): Promise<Outcome> {
  const path = `/api/v1/pods?limit=${sampled}&labelSelector=${encodeURIComponent(meshed)}`
  const pods = listed(await api.get(path, { signal, accept: metadataOnly })).map((pod) => record(pod, 'metadata'))
  const lacking = (names: readonly string[]) =>
    pods.filter((metadata) => names.every((name) => text(record(metadata, 'labels'), name) === ''))
  const withoutApp = lacking(appLabels)
  const withoutVersion = lacking(versionLabels)
  const found = `${pods.length}${pods.length === sampled ? ' (a sample)' : ''} pods of the mesh were looked at.`
  if (pods.length === 0) return ok('No pod here has a sidecar.')
  if (withoutApp.length === 0 && withoutVersion.length === 0) return ok(`${found} All are labelled app and version.`)
  const names = (some: typeof pods): string =>
    `${some
      .slice(0, 3)
      .map((metadata) => `${text(metadata, 'namespace')}/${text(metadata, 'name')}`)
      .join(', ')}${some.length > 3 ? ', ...' : ''}`
  // Many meshes do without `version`, and lose nothing but the comparison of versions.
  if (withoutApp.length === 0) return ok(`${found} ${withoutVersion.length} have no label version.`)
  return trouble(
    'warning',
    found,
    `${withoutApp.length} have no label app: ${names(withoutApp)}. They belong to no application.`,
    'Label the pods of the workload: app=<name>, and version=<version>.',
  )
}
