/** Which of the kinds we know a cluster serves, and in which version. CRDs come and go: ask again now and then. */
import type { Kind } from '../inventory/inventory.ts'
import { isRecord, records, text } from '../inventory/json.ts'
import { allKinds, apiVersionOf, resources } from '../inventory/kinds.ts'
import type { KubeApi } from './api.ts'
import { KubeFailure } from './failure.ts'

/** Each opens a connection, and many clusters may be asked at the same moment. */
const askedAtOnce = 3

/** Kind -> the version to ask for. Kinds that are not there are not served. */
export type ServedKinds = ReadonlyMap<Kind, string>

/**
 * `fresh`: every document is asked for; else only those that may say something new, which are none where all kinds are
 * served: CRDs appear one by one and go with their objects. A group whose document cannot be had now (an aggregated API
 * server that is down) is as in `before`. Throws `KubeFailure` when the server cannot be asked at all.
 */
export async function discover(
  api: KubeApi,
  before: ServedKinds,
  signal: AbortSignal,
  fresh = true,
): Promise<ServedKinds> {
  const groups = await servedGroups(api, signal)
  const wanted = new Set<string>(['v1'])
  for (const { group, versions } of Object.values(resources)) {
    for (const version of versions) {
      const apiVersion = apiVersionOf(group, version)
      if (groups.has(apiVersion)) wanted.add(apiVersion)
    }
  }
  const plurals = new Map<string, ReadonlySet<string> | undefined>()
  for (const apiVersion of wanted) if (!fresh && isKnown(apiVersion, before)) plurals.set(apiVersion, undefined)
  const left = [...wanted].filter((apiVersion) => !plurals.has(apiVersion))
  const ask = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      plurals.set(next, await servedPlurals(api, next, signal))
    }
  }
  await Promise.all(Array.from({ length: askedAtOnce }, ask))
  const served = new Map<Kind, string>()
  for (const kind of allKinds) {
    const version = versionOfKind(kind, plurals, before)
    if (version !== undefined) served.set(kind, version)
  }
  return served
}

/** Every kind that it could serve is served, in this version or a better one. */
function isKnown(apiVersion: string, before: ServedKinds): boolean {
  return allKinds.every((kind) => {
    const { group, versions } = resources[kind]
    const at = versions.findIndex((version) => apiVersionOf(group, version) === apiVersion)
    const now = before.get(kind)
    return at < 0 || (now !== undefined && versions.indexOf(now) <= at)
  })
}

function versionOfKind(
  kind: Kind,
  plurals: ReadonlyMap<string, ReadonlySet<string> | undefined>,
  before: ServedKinds,
): string | undefined {
  const { group, versions, plural } = resources[kind]
  for (const version of versions) {
    const apiVersion = apiVersionOf(group, version)
    if (!plurals.has(apiVersion)) continue
    const served = plurals.get(apiVersion)
    if (served === undefined ? before.get(kind) === version : served.has(plural)) return version
  }
  return undefined
}

async function servedGroups(api: KubeApi, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const answer = await api.get('/apis', { signal })
  if (!isRecord(answer) || !Array.isArray(answer.groups)) {
    throw new KubeFailure('answer', api.cluster, `${api.cluster} answers GET /apis with no list of API groups`)
  }
  return new Set(records(answer, 'groups').flatMap((group) => records(group, 'versions').map(groupVersion)))
}

const groupVersion = (version: Readonly<Record<string, unknown>>): string => text(version, 'groupVersion')

/** Undefined when it cannot be had now. */
async function servedPlurals(
  api: KubeApi,
  apiVersion: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  try {
    const answer = await api.get(apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`, { signal })
    if (!isRecord(answer)) return undefined
    return new Set(records(answer, 'resources').map((resource) => text(resource, 'name')))
  } catch (error) {
    if (error instanceof KubeFailure && error.reason === 'absent') return new Set()
    if (error instanceof KubeFailure && (error.reason === 'server' || error.reason === 'forbidden')) return undefined
    throw error
  }
}
