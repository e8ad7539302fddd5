/**
 * A console that is installed in the remote cluster runs as an account of the same usual name. Its account and roles are
 * not ours to change, and above all not to delete.
 */
import { isRecord, record, records, text } from '@binocle/server/inventory/json'
import type { KubeApi } from '@binocle/server/kube/api'
import type { Names } from './names.ts'

/** Throws an Error that says what to do when a Deployment runs as the account; `KubeFailure` when it cannot be known. */
export async function checkNotInUse(api: KubeApi, { account, namespace }: Names): Promise<void> {
  const answer = await api.get(`/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments`)
  const deployments = isRecord(answer) ? records(answer, 'items') : []
  const user = deployments.find((deployment) => {
    const pod = record(record(record(deployment, 'spec'), 'template'), 'spec')
    return text(pod, 'serviceAccountName') === account
  })
  if (user === undefined) return
  const name = text(record(user, 'metadata'), 'name')
  throw new Error(
    `Deployment ${namespace}/${name} of ${api.cluster} runs as service account ${account}: a console is installed there.\n` +
      '  Give this one another name with --account, e.g. --account kiali-remote.',
  )
}
