import { describe, expect, it } from 'vitest'
import type { Scope } from '../access/scope.ts'
import { createPacer } from '../outbound/pacer.ts'
import { createZtunnelReader, ztunnelDocument } from './ztunnel.ts'

const said = {
  certificates: ['shop', 'vault'].map((name) => ({ identity: `spiffe://mesh/ns/${name}/sa/x`, state: 'Available' })),
  config: { proxy: true, secretTtl: 1.5, dnsResolverOpts: { use_hosts_file: true }, unknown: 'x' },
  policies: [{ namespace: 'shop' }, { namespace: 'vault' }, {}],
  services: [
    {
      name: 'cart',
      namespace: 'shop',
      endpoints: {
        'west//Pod/shop/a': { workloadUid: 'west//Pod/shop/a', port: { 80: 8080 }, status: 'Healthy' },
        'west//Pod/vault/b': { workloadUid: 'west//Pod/vault/b' },
        'east//Pod/shop/c': { workloadUid: 'east//Pod/shop/c' },
      },
    },
    { name: 'gold', namespace: 'vault' },
  ],
  workloads: [
    { name: 'a', namespace: 'shop', clusterId: 'west', services: ['shop/cart.shop', 'vault/gold.vault'] },
    { name: 'b', namespace: 'vault', clusterId: 'west' },
    { name: 'c', namespace: 'shop', clusterId: 'east' },
  ],
}

/** Of somebody who sees namespace shop of cluster west. */
const scope: Scope = {
  key: 'shop of west',
  seesCluster: (cluster) => (cluster === 'west' ? 'yes' : 'no'),
  sees: ({ cluster, namespace }) => (cluster === 'west' && namespace === 'shop' ? 'yes' : 'no'),
}

function documentOf(dump: object) {
  const reader = createZtunnelReader()
  reader.push(Buffer.from(JSON.stringify(dump)))
  return ztunnelDocument(reader.end(), scope, 'west', createPacer())
}

describe('what a ztunnel says', () => {
  it('AUTH-148: is told without what is of a namespace that the viewer does not see, in any cluster', async () => {
    const { certificates, policies, services, workloads } = await documentOf(said)
    expect(certificates).toEqual([{ certChain: [], identity: 'spiffe://mesh/ns/shop/sa/x', state: 'Available' }])
    expect(policies).toEqual([{ namespace: 'shop' }])
    expect(services).toMatchObject([{ name: 'cart', endpoints: { 'west//Pod/shop/a': { port: { 80: 8080 } } } }])
    expect(workloads).toMatchObject([{ name: 'a', services: ['shop/cart.shop'] }])
    expect(JSON.stringify({ certificates, policies, services, workloads })).not.toMatch(/vault|east/)
  })

  it('has every field of the form, and no other', async () => {
    const { config } = await documentOf(said)
    expect(config).toMatchObject({
      proxy: true,
      fakeCa: false,
      secretTtl: { secs: 1, nanos: 5e8 },
      adminAddr: { Localhost: null },
      illegalPorts: null,
      dnsResolverOpts: { use_hosts_file: 'true', timeout: { nanos: 0, secs: 0 } },
    })
    expect(config).not.toHaveProperty('unknown')
  })

  it('has null for lists that it does not tell', async () => {
    expect(await documentOf({})).toMatchObject({ certificates: null, policies: null, services: null, workloads: null })
  })

  it('is an object', async () => {
    const reader = createZtunnelReader()
    reader.push(Buffer.from('[]'))
    expect(() => reader.end()).toThrow(SyntaxError)
  })
})
