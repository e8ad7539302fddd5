/**
 * The names we answer to. A page that makes its own name point at us (DNS rebinding) still asks for that name: whoever
 * asks for one that is not ours gets nothing. Addresses, `localhost` and our names in the cluster cannot be taken.
 */
import { isIP } from 'node:net'
import type { Config } from '../../config/config.ts'
import { BinocleError } from '../../errors.ts'
import type { External } from '../external.ts'
import type { Gate } from '../incoming.ts'

/** Probes come by whatever name; the answer is empty. */
const open = '/healthz'

export function hostGate(config: Pick<Config, 'deployment' | 'server'>, external: Pick<External, 'host'>): Gate {
  const isOurs = ownNames(config)
  return (incoming, route) => {
    if (route?.path === open) return
    const host = external.host(incoming)
    if (!isOurs(host))
      throw new BinocleError('BIN-REQUEST-HOST', 'The console does not answer to this host name.', {
        remedy: 'Use its own address, or name this one in server.web_fqdn or server.host_aliases.',
      })
  }
}

function ownNames({ deployment, server }: Pick<Config, 'deployment' | 'server'>): (host: string) => boolean {
  const service = `${deployment.instanceName ?? 'kiali'}.${deployment.namespace ?? 'istio-system'}`
  const aliases = server.hostAliases ?? []
  const exact = new Set([
    'localhost',
    service,
    `${service}.svc`,
    `${service}.svc.cluster.local`,
    ...(server.external?.host === undefined ? [] : [server.external.host]),
    ...aliases.filter((alias) => !alias.startsWith('*.')),
  ])
  const below = aliases.filter((alias) => alias.startsWith('*.')).map((alias) => alias.slice(1))
  return (host) => exact.has(host) || isAddress(host) || below.some((domain) => host.endsWith(domain))
}

const isAddress = (host: string): boolean => isIP(host) === 4 || (host.startsWith('[') && isIP(host.slice(1, -1)) === 6)
