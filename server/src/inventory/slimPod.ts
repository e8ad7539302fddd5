/** Pods: of 10 KB as served, about 0.5 KB is shown. */
import { flag, type Json, record, records, text } from './json.ts'
import type { Container, Pod } from './objects.ts'
import type { Origin } from './origin.ts'
import { metaOf, ownersOf } from './slimMeta.ts'

export function slimPod(json: Json, origin: Origin): Pod {
  const spec = record(json, 'spec')
  const status = record(json, 'status')
  const { share } = origin.sharing
  return {
    owners: ownersOf(json, origin),
    containers: share(containers(spec, 'containers', records(status, 'containerStatuses'))),
    initContainers: share(containers(spec, 'initContainers', records(status, 'initContainerStatuses'))),
    serviceAccount: share(text(spec, 'serviceAccountName')),
    nodeName: share(text(spec, 'nodeName')),
    hostNetwork: flag(spec, 'hostNetwork'),
    phase: share(text(status, 'phase')),
    message: share(text(status, 'message')),
    reason: share(text(status, 'reason')),
    podIP: text(status, 'podIP'),
    ready: records(status, 'conditions').some((condition) => condition.type === 'Ready' && condition.status === 'True'),
    ...metaOf(json, origin),
  }
}

function containers(spec: Json, field: string, statuses: readonly Json[]): readonly Container[] {
  return records(spec, field).map((container) => {
    const name = text(container, 'name')
    const status = statuses.find((each) => each.name === name)
    return {
      name,
      image: text(container, 'image'),
      ready: status?.ready === true,
      restartPolicy: text(container, 'restartPolicy'),
      ports: records(container, 'ports').map((port) => ({
        name: text(port, 'name'),
        port: typeof port.containerPort === 'number' ? port.containerPort : 0,
        protocol: text(port, 'protocol'),
      })),
    }
  })
}
