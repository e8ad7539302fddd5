/** Which API groups a cluster serves, out of those that a mesh lives in. */
import { isRecord, records, text } from '../inventory/json.ts'
import { resources } from '../inventory/kinds.ts'
import type { KubeApi } from '../kube/api.ts'
import { type Outcome, ok, trouble } from './step.ts'

export interface ServedGroups {
  /** e.g. `v1.34.4`; '' when it is not said. */
  readonly kubernetesVersion: string
  /** Group -> its versions. */
  readonly groups: ReadonlyMap<string, readonly string[]>
}

/** Throws `KubeFailure`, or `Malformed` where the answer is not Kubernetes. */
export async function servedGroups(api: KubeApi, signal: AbortSignal): Promise<ServedGroups> {
  const [version, answer] = await Promise.all([api.get('/version', { signal }), api.get('/apis', { signal })])
  const groups = isRecord(answer) ? records(answer, 'groups') : []
  return {
    kubernetesVersion: isRecord(version) ? text(version, 'gitVersion') : '',
    groups: new Map(
      groups.map((each) => [text(each, 'name'), records(each, 'versions').map((v) => text(v, 'version'))]),
    ),
  }
}

export function apiGroupsOutcome({ kubernetesVersion, groups }: ServedGroups): Outcome {
  const istio = [...groups.keys()].filter((group) => group.endsWith('.istio.io'))
  const strange = unusable(groups)
  const found = `Kubernetes ${kubernetesVersion || 'of unknown version'}, ${istio.length} API groups of Istio, ${
    groups.has('gateway.networking.k8s.io') ? 'with' : 'without'
  } the Gateway API.`
  if (!groups.has('apps')) {
    return trouble(
      'failed',
      found,
      'It does not serve apps/v1: it is no complete Kubernetes API server.',
      'Check that the server URL is that of a Kubernetes API server.',
      { code: 'BIN-CLUSTER-ANSWER' },
    )
  }
  if (strange.length > 0) {
    return trouble(
      'warning',
      found,
      `Served only in versions that we do not read: ${strange.join(', ')}.`,
      'Update Istio, the Gateway API or the console.',
      { findings: strange.map((text) => ({ state: 'warning', text })) },
    )
  }
  if (!groups.has('networking.istio.io')) {
    return trouble(
      'warning',
      found,
      'It has no CRDs of Istio: no Istio configuration can be kept here.',
      'Install the CRDs (istio-base) where configuration shall be kept; a remote cluster of a primary needs none.',
    )
  }
  return ok(found)
}

/** Groups that are there, but in no version that we know. */
function unusable(groups: ServedGroups['groups']): string[] {
  const known = new Map<string, Set<string>>()
  for (const { group, versions } of Object.values(resources)) {
    const all = known.get(group) ?? new Set()
    for (const version of versions) all.add(version)
    known.set(group, all)
  }
  return [...known].flatMap(([group, versions]) => {
    const served = groups.get(group)
    return served === undefined || served.some((version) => versions.has(version))
      ? []
      : [`${group} (${served.join(', ')})`]
  })
}
