/** Recorded answers of istiods and proxies, behind the ports of the recorded pods. */
import type { RequestListener } from 'node:http'
import { textAt } from '../kube/json.ts'
import type { RecordedCluster, Recording } from './load.ts'
import { recordedProxy } from './proxies.ts'

/** Undefined for pods of which nothing is recorded, and for ports that they do not serve. */
export function recordedBackend(
  recording: Recording,
  cluster: RecordedCluster,
): (namespace: string, pod: string, port: number) => RequestListener | undefined {
  const listeners = new Map<string, RequestListener>()
  for (const object of cluster.objects) {
    if (object.kind !== 'Pod' || textAt(object, 'metadata', 'labels', 'app') !== 'istiod') continue
    const revision = textAt(object, 'metadata', 'labels', 'istio.io/rev')
    const answers = recording.istiods.get(`${cluster.name}-${revision}`) ?? recording.istiods.get(cluster.name)
    if (answers) listeners.set(`${object.metadata.namespace}/${object.metadata.name}`, listenerOf(answers))
  }
  const proxies = new Map<string, RequestListener>()
  for (const [key, said] of recording.proxies) proxies.set(key, recordedProxy(said))
  return (namespace, pod, port) => {
    if (port === ADMIN_PORT) return proxies.get(`${cluster.name}/${namespace}/${pod}`)
    return PORTS.has(port) ? listeners.get(`${namespace}/${pod}`) : undefined
  }
}

const ADMIN_PORT = 15000
const PORTS = new Set([8080, 15014])

const listenerOf =
  (answers: ReadonlyMap<string, string>): RequestListener =>
  (request, response) => {
    const body = answers.get(new URL(request.url ?? '/', 'http://127.0.0.1').pathname)
    const json = body?.startsWith('[') || body?.startsWith('{')
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': json ? 'application/json' : 'text/plain' })
    response.end(body ?? '404 page not found\n')
  }
