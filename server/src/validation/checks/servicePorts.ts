/** KIA0601, KIA0602: ports whose protocol cannot be told; KIA0701: ports that no Deployment exposes. */
import type { Service, ServicePort } from '../../inventory/objects.ts'
import { isEmpty } from '../../istioconfig/selectors.ts'
import { isGateway, isWaypoint } from '../../mesh/labels.ts'
import type { Facts } from '../facts.ts'
import type { Report } from '../verdict.ts'

const protocols = ['grpc', 'grpc-web', 'http', 'http2', 'https', 'mongo', 'redis', 'tcp', 'tls', 'udp', 'mysql']
const appProtocols = new Set([...protocols, 'kubernetes.io/h2c', 'kubernetes.io/ws', 'kubernetes.io/wss'])

export function servicePorts(service: Service, facts: Facts, report: Report): void {
  if (service.labels.kiali_wizard === undefined && facts.isInMesh(service.selector)) {
    service.ports.forEach(({ name, protocol, appProtocol }, index) => {
      if (protocol === 'UDP') return
      if (appProtocol !== '') {
        if (!appProtocols.has(appProtocol.toLowerCase())) report('KIA0602', `spec/ports[${index}]`)
      } else if (!namesProtocol(name)) report('KIA0601', `spec/ports[${index}]`)
    })
  }
  if (facts.frame().istiodNamespaces.has(service.namespace)) return
  if (isEmpty(service.selector) || isWaypoint(service.labels) || isGateway(service.labels, {})) return
  const deployment = facts.firstDeployment(service.selector)
  if (deployment === undefined) return
  const exposed = deployment.template.containers.flatMap(({ ports }) => ports ?? [])
  service.ports.forEach((port, index) => {
    if (!exposed.some((each) => serves(each, port))) report('KIA0701', `spec/ports[${index}]`)
  })
}

const namesProtocol = (name: string): boolean =>
  protocols.some((protocol) => name.toLowerCase() === protocol || name.startsWith(`${protocol}-`))

function serves(exposed: { readonly name: string; readonly port: number }, { port, targetPort }: ServicePort): boolean {
  const number = /^[0-9]+$/.test(targetPort) ? Number(targetPort) : undefined
  if (targetPort !== '' && number === undefined) return exposed.name === targetPort
  return exposed.port === (number !== undefined && number > 0 ? number : port)
}
