/**
 * What recorded proxies said of themselves: the answers that handed over a proxy's own words, by the pod. Of the other
 * proxies nothing is recorded, and nothing answers in their place.
 */
import { readFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { fieldsAt, listAt, numberAt, textAt } from '../kube/json.ts'

/** `<cluster>/<namespace>/<pod>` -> `GET /config_dump`, `POST /logging` -> body. */
export type RecordedProxies = ReadonlyMap<string, ReadonlyMap<string, string>>

/** Empty for a folder without answers. */
export async function loadProxies(folder: string): Promise<RecordedProxies> {
  const proxies = new Map<string, Map<string, string>>()
  const index = await readFile(join(folder, 'answers', 'index.json'), 'utf8').catch(() => '{}')
  for (const request of listAt(JSON.parse(index), 'requests')) {
    if (numberAt(request, 'status') !== 200) continue
    const url = new URL(textAt(request, 'path'), 'http://127.0.0.1')
    const [, namespace, pod, what = ''] = podPath.exec(url.pathname) ?? []
    const cluster = url.searchParams.get('clusterName')
    const said = sayings[what]
    if (!cluster || said === undefined) continue
    const key = `${cluster}/${namespace}/${pod}`
    const known = proxies.get(key) ?? new Map<string, string>()
    proxies.set(key, known.set(said.request, await said.body(join(folder, 'answers', textAt(request, 'file')))))
  }
  return proxies
}

const podPath = /^\/api\/namespaces\/([^/]+)\/pods\/([^/]+)\/([^/]+)$/

interface Saying {
  readonly request: string
  readonly body: (file: string) => Promise<string>
}

const sayings: Readonly<Record<string, Saying>> = {
  config_dump: {
    request: 'GET /config_dump',
    body: async (file) => JSON.stringify(fieldsAt(await answerIn(file), 'body', 'config_dump')),
  },
  // With what the ztunnel left out filled in.
  config_dump_ztunnel: {
    request: 'GET /config_dump',
    body: async (file) => JSON.stringify(fieldsAt(await answerIn(file), 'body')),
  },
  logging: { request: 'POST /logging', body: async () => '' },
}

const unzipped = promisify(gunzip)

async function answerIn(file: string): Promise<unknown> {
  const bytes = await readFile(file)
  return JSON.parse((file.endsWith('.gz') ? await unzipped(bytes) : bytes).toString('utf8'))
}

export const recordedProxy =
  (said: ReadonlyMap<string, string>): RequestListener =>
  (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    const body = said.get(`${request.method} ${pathname}`)
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(body ?? '')
  }
