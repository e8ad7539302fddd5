/** Routes of a proxy: for each HTTP port one configuration, in which each service that has the port is a virtual host. */
import { grouped } from '../topology.ts'
import { clusterName } from './clusters.ts'
import { type Destination, madeOf } from './destinations.ts'
import type { SimProxy } from './proxy.ts'

export function routesOf({ workload }: SimProxy, destinations: readonly Destination[]): readonly unknown[] {
  const http = destinations.filter(({ isHttp }) => isHttp)
  switch (workload.gateway) {
    case 'eastwest':
      return []
    case 'ingress':
      return [{ name: 'http.8080', virtual_hosts: http.map(virtualHost) }]
    default:
      return [...grouped(http, ({ port }) => String(port))].map(([name, members]) => ({
        name,
        virtual_hosts: [...members.map(virtualHost), passthrough],
      }))
  }
}

function virtualHost(destination: Destination): unknown {
  const { address, host, name, namespace, port, virtualService } = destination
  return {
    name: `${host}:${port}`,
    domains: [host, `${name}.${namespace}`, `${name}.${namespace}.svc`, address],
    routes: [
      {
        ...madeOf(virtualService),
        match: { prefix: '/' },
        route: { cluster: clusterName(destination, '', 'plain') },
      },
    ],
  }
}

/** What is called by another name passes. */
const passthrough = {
  name: 'allow_any',
  domains: ['*'],
  routes: [{ match: { prefix: '/' }, route: { cluster: 'PassthroughCluster' } }],
}
