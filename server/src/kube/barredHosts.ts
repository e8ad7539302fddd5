/**
 * Addresses where no remote API server is: this machine, its neighbours on the link, and what clouds tell their machines
 * about themselves. Whoever may write a Secret must not make the console knock there (reference: auth.md 7.5).
 */
import { lookup as dnsLookup, type LookupAddress, type LookupAllOptions } from 'node:dns'
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { ClusterName } from '@binocle/api/identity'
import type { Guard } from './access.ts'
import { KubeFailure } from './failure.ts'

/** In words, or undefined. `host`: a name or an address, as it stands in a URL. */
export function barred(host: string, { loopback }: Guard): string | undefined {
  const bare = host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  const family = isIP(bare)
  if (family === 0) {
    if (cloudNames.has(bare)) return 'what a cloud tells its machines of themselves'
    return !loopback && (bare === 'localhost' || bare.endsWith('.localhost')) ? 'this machine' : undefined
  }
  const version = family === 6 ? 'ipv6' : 'ipv4'
  if (neighbours.check(bare, version)) return 'the link of this machine, or what a cloud tells its machines'
  return !loopback && (machine.check(bare, version) || ownAddresses().check(bare, version)) ? 'this machine' : undefined
}

/** Looks a name up, and fails when any of its addresses is barred: names can be made to lead anywhere, at any time. */
export function guardedLookup(cluster: ClusterName, guard: Guard, lookup: Lookup = dnsLookup): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, [])
      for (const { address } of addresses) {
        const what = barred(address, guard)
        if (what !== undefined) return callback(refusal(cluster, host, what), [])
      }
      const [first] = addresses
      if (options.all === true) callback(null, addresses)
      else callback(null, first?.address ?? '', first?.family ?? 4)
    })
  }
}

type Lookup = (
  host: string,
  options: LookupAllOptions,
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void

const refusal = (cluster: ClusterName, host: string, what: string): KubeFailure =>
  new KubeFailure(
    'config',
    cluster,
    `${cluster}: ${host} leads to ${what}, where no remote API server is`,
    0,
    undefined,
    'Check the server in the kubeconfig of the Secret, and who may write it. Clusters on this machine: clustering.allow_loopback.',
  )

const cloudNames = new Set(['metadata', 'metadata.google.internal', 'metadata.goog', 'instance-data'])

const machine = new BlockList()
machine.addSubnet('127.0.0.0', 8)
// To connect to "no address" is to connect to oneself.
machine.addSubnet('0.0.0.0', 8)
machine.addAddress('::1', 'ipv6')
machine.addAddress('::', 'ipv6')

const neighbours = new BlockList()
neighbours.addSubnet('169.254.0.0', 16)
neighbours.addSubnet('fe80::', 10, 'ipv6')
neighbours.addAddress('fd00:ec2::254', 'ipv6')
neighbours.addAddress('100.100.100.200')
neighbours.addAddress('168.63.129.16')

/** A pod's address may change only with the pod, a laptop's at any time: asked anew, it costs microseconds. */
function ownAddresses(): BlockList {
  const own = new BlockList()
  for (const { address } of Object.values(networkInterfaces()).flatMap((each) => each ?? [])) {
    own.addAddress(address.replace(/%.*$/, ''), isIPv6(address) ? 'ipv6' : 'ipv4')
  }
  return own
}
