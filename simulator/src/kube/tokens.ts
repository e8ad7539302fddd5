/** `serviceaccounts/token`: a token of limited life for a service account, known to the server from then on. */
import { createHash } from 'node:crypto'
import { type Answer, type Api, type Exchange, json } from './api.ts'
import { readObject } from './body.ts'
import { fieldsAt, numberAt, rfc3339 } from './json.ts'
import { notFound } from './status.ts'

const defaultLifeS = 3600
const shortestLifeS = 600

export async function issueToken(api: Api, { info, type, request }: Exchange): Promise<Answer> {
  const account = api.store.get(type, info.namespace, info.name)
  if (!account) throw notFound(type, info.name)
  const body = await readObject(request)
  const lifeS = Math.max(shortestLifeS, numberAt(body, 'spec', 'expirationSeconds') || defaultLifeS)
  const expiresAtMs = api.clock() + 1000 * lifeS
  const user = `system:serviceaccount:${info.namespace}:${info.name}`
  const token = accountToken(`${api.cluster}/${account.uid}/${expiresAtMs}`)
  api.identities.add({ token, user, uid: account.uid, groups: [], expiresAtMs })
  return json(201, {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: info.name, namespace: info.namespace, creationTimestamp: rfc3339(api.clock()) },
    spec: { ...fieldsAt(body, 'spec'), expirationSeconds: lifeS },
    status: { token, expirationTimestamp: rfc3339(expiresAtMs) },
  })
}

/** Follows from `text`, so that a scenario is the same each time. It opens nothing but the simulation. */
export const accountToken = (text: string): string => `sim-${createHash('sha256').update(text).digest('base64url')}`
