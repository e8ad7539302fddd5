/**
 * What the token controller of a real cluster does: a Secret of type `kubernetes.io/service-account-token` gets the
 * token of the account it names, and goes when the account goes.
 */
import type { Api } from './api.ts'
import type { StoredObject, StoreEvent } from './collection.ts'
import { fieldsAt, textAt } from './json.ts'
import { accountToken } from './tokens.ts'

const type = 'kubernetes.io/service-account-token'
const accountOf = (secret: StoredObject): string =>
  textAt(secret.fields, 'metadata', 'annotations', 'kubernetes.io/service-account.name')

/** For as long as the store lives. */
export function keepAccountSecrets(
  api: Pick<Api, 'cluster' | 'identities' | 'resources' | 'store'>,
  caPem: string,
): void {
  const { cluster, identities, resources, store } = api
  const secrets = resources.byPlural('', 'v1', 'secrets')
  const accounts = resources.byPlural('', 'v1', 'serviceaccounts')
  if (secrets === undefined || accounts === undefined) return

  const fill = (secret: StoredObject | undefined): void => {
    if (secret === undefined) return
    const account = store.get(accounts, secret.namespace, accountOf(secret))
    if (textAt(secret.fields, 'type') !== type || account === undefined) return
    const token = tokenOf(secret)
    identities.add({
      token,
      user: `system:serviceaccount:${account.namespace}:${account.name}`,
      uid: account.uid,
      groups: [],
    })
    if (textAt(secret.fields, 'data', 'token') !== '') return
    const data = {
      ...fieldsAt(secret.fields, 'data'),
      token: base64(token),
      'ca.crt': base64(caPem),
      namespace: base64(secret.namespace),
    }
    store.write(secrets, secret.namespace, secret.name, { ...secret.fields, data })
  }
  const tokenOf = (secret: StoredObject): string => accountToken(`${cluster}/${secret.uid}`)

  const onSecret = ({ type: change, object }: StoreEvent): void => {
    // Not within the write that made it: its caller has not seen it yet.
    if (change !== 'DELETED') queueMicrotask(() => fill(store.get(secrets, object.namespace, object.name)))
    else if (textAt(object.fields, 'type') === type) identities.revoke(tokenOf(object))
  }
  const onAccount = ({ type: change, object }: StoreEvent): void => {
    if (change !== 'DELETED') return
    for (const secret of store.page(secrets, { namespace: object.namespace })?.objects ?? []) {
      if (textAt(secret.fields, 'type') === type && accountOf(secret) === object.name) {
        store.delete(secrets, secret.namespace, secret.name)
      }
    }
  }
  store.subscribe(secrets, onSecret)
  store.subscribe(accounts, onAccount)
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
