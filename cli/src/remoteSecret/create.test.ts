import type { ClusterAccess } from '@binocle/server/kube/access'
import { describe, expect, it } from 'vitest'
import { called } from './cluster.ts'
import { type Creation, manifests } from './create.ts'
import { checkedClusterName, secretName } from './names.ts'

const access: ClusterAccess = {
  cluster: 'west',
  server: 'https://west.example:6443',
  tls: { ca: 'PEM of the CA', insecureSkipVerify: false, serverName: 'kubernetes' },
  credential: { kind: 'token', token: 'the-admins-own' },
}

const creation: Creation = {
  names: { account: 'kiali', namespace: 'istio-system', cluster: 'west', consoleNamespace: 'consoles' },
  mode: 'view',
  token: { kind: 'legacy' },
  insecure: false,
}

const kubeconfigOf = (change: Partial<Creation>, from: Partial<ClusterAccess> = {}): string => {
  const [secret] = manifests({ ...access, ...from }, { ...creation, ...change }).console
  return JSON.stringify(secret?.stringData)
}

describe('the manifests', () => {
  it.each<[what: string, change: Partial<Creation>, remote: string[]]>([
    [
      'to look',
      {},
      [
        'ServiceAccount istio-system/kiali',
        'ClusterRole kiali-viewer',
        'ClusterRoleBinding kiali-viewer',
        'Secret istio-system/kiali',
      ],
    ],
    [
      'to edit, with a token that expires',
      { mode: 'edit', token: { kind: 'bound', lifeS: 3600 } },
      ['ServiceAccount istio-system/kiali', 'ClusterRole kiali', 'ClusterRoleBinding kiali'],
    ],
  ])('%s', (_what, change, remote) => {
    expect(manifests(access, { ...creation, ...change }).remote.map(called)).toEqual(remote)
  })

  it('let the account act as users and groups only when that is asked for', () => {
    const acting = (change: Partial<Creation>) =>
      JSON.stringify(manifests(access, { ...creation, ...change }).remote).match(/"impersonate"/g)?.length ?? 0
    expect([acting({}), acting({ mode: 'edit' }), acting({ impersonate: true })]).toEqual([0, 0, 1])
    const [, role] = manifests(access, { ...creation, impersonate: true }).remote
    expect(role?.rules).toContainEqual({ apiGroups: [''], resources: ['users', 'groups'], verbs: ['impersonate'] })
  })

  it('put the secret beside the console', () => {
    expect(manifests(access, creation).console.map(called)).toEqual([
      'Secret consoles/kiali-remote-cluster-secret-west',
    ])
  })

  it('reach the cluster as the kubeconfig does, and never with its credential', () => {
    const text = kubeconfigOf({})
    expect(text).toContain('server: https://west.example:6443')
    expect(text).toContain('tls-server-name: kubernetes')
    expect(text).toContain(Buffer.from('PEM of the CA').toString('base64'))
    expect(text).toContain('token: dry-run')
    expect(text).not.toContain('the-admins-own')
  })

  it('reach it at another address, or unverified, when told', () => {
    const text = kubeconfigOf({ server: 'https://10.0.0.1', insecure: true })
    expect(text).toContain('server: https://10.0.0.1')
    expect(text).toContain('insecure-skip-tls-verify: true')
    expect(text).not.toContain('certificate-authority-data')
  })

  it('go through the same proxy', () => {
    expect(kubeconfigOf({}, { proxy: 'http://proxy.example:3128' })).toContain('proxy-url: http://proxy.example:3128')
  })
})

describe('names', () => {
  it.each([
    ['west', 'kiali-remote-cluster-secret-west'],
    ['West_2.eu', 'kiali-remote-cluster-secret-west-2-eu'],
  ])('the secret of %s is %s', (cluster, name) => {
    expect(secretName({ ...creation.names, cluster })).toBe(name)
  })

  it.each([
    ['west', 'west'],
    ['arn:aws:eks:eu-west-1:123456789012:cluster/shop', 'shop'],
  ])('the cluster of %s is %s', (name, cluster) => {
    expect(checkedClusterName(name)).toBe(cluster)
  })

  it.each(['a/b', 'zwei wörter', ''])('%j cannot be the name of a cluster', (name) => {
    expect(() => checkedClusterName(name)).toThrow('cannot be the name of a cluster')
  })
})
