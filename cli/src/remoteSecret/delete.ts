/** `remote-secret delete`: takes back all that `create` made, in both clusters and for both modes. */
import type { KubeApi } from '@binocle/server/kube/api'
import { called, remove } from './cluster.ts'
import { checkNotInUse } from './inUse.ts'
import type { Names } from './names.ts'
import { consoleSecret, type KubernetesObject, remoteObjects, tokenSecret } from './objects.ts'

/**
 * The secret first: a console must not try a token that ends. The namespaces stay. Throws `KubeFailure`, or an Error that
 * says what to do.
 */
export async function deleteAll(
  sides: { readonly remote: KubeApi; readonly console: KubeApi },
  names: Names,
  tell: (line: string) => void,
): Promise<void> {
  await checkNotInUse(sides.remote, names)
  const secret = consoleSecret(names, { server: '', insecure: false, token: '' })
  await gone(sides.console, secret, tell)
  const [account, ...roles] = remoteObjects(names, 'view')
  const [, ...widerRoles] = remoteObjects(names, 'edit')
  const objects = [
    ...[...roles, ...widerRoles].reverse(),
    tokenSecret(names),
    ...(account === undefined ? [] : [account]),
  ]
  for (const object of objects) await gone(sides.remote, object, tell)
}

async function gone(api: KubeApi, object: KubernetesObject, tell: (line: string) => void): Promise<void> {
  tell(`${api.cluster}: ${called(object)} ${(await remove(api, object)) ? 'deleted' : 'is not there'}`)
}
