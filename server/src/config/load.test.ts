import { describe, expect, it } from 'vitest'
import { BinocleError } from '../errors.ts'
import { durationS, durationText } from './duration.ts'
import type { Flags } from './flags.ts'
import { keys } from './keys.ts'
import { loadConfig } from './load.ts'

const load = (text: string, env: Record<string, string> = {}, flags: Flags = {}) =>
  loadConfig({ file: { name: 'config.yaml', text }, env, flags })

const codeOf = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    return error instanceof BinocleError ? `${error.code}: ${error.message}` : String(error)
  }
  return 'no error'
}

describe('the configuration', () => {
  it('has a value for every key without any file', () => {
    const { config, diagnostics } = loadConfig()
    expect(diagnostics).toEqual([])
    expect(config.server).toMatchObject({ address: '127.0.0.1', port: 20001, webRoot: '', requestTimeoutMs: 30_000 })
    expect(config.health).toMatchObject({ durationS: 300, refreshIntervalS: 30, timeoutS: 600 })
    expect(config.kubernetes.excludeWorkloads).toEqual(['CronJob', 'DeploymentConfig', 'Job', 'ReplicationController'])
    expect(config.prometheus.url).toBe('http://prometheus.istio-system:9090')
  })

  it('reads the file, the environment over it, and flags over both', () => {
    const text = 'server: {port: 1, address: a, web_root: /x}\ninstallation_tag: tag'
    const { config } = load(text, { BINOCLE_SERVER_PORT: '2', BINOCLE_SERVER_ADDRESS: 'b' }, { port: 3 })
    expect([config.server.port, config.server.address, config.server.webRoot, config.installationTag]).toEqual([
      3,
      'b',
      '/x',
      'tag',
    ])
  })

  it('reports what it does not know and what it does not act upon, and goes on', () => {
    const { diagnostics } = load(
      'server: {prot: 1}\nchat_ai: {enabled: true}\nexternal_services: {grafana: {enabled: true}}',
    )
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'server.prot is not a known key.',
      'chat_ai is not acted upon: Assistants',
      'external_services.grafana is not acted upon: Links to Grafana',
    ])
  })

  it.each<[string, string]>([
    ['server: {port: much}', 'BIN-CONFIG-KEY: server.port is "much" but must be a whole number of 0 or more.'],
    ['server: {port: -1}', 'BIN-CONFIG-KEY: server.port is -1 but must be a whole number of 0 or more.'],
    ['server: {web_root: /a/../b}', 'BIN-CONFIG-KEY: server.web_root "/a/../b" is not a path.'],
    ['server: {web_root: "/a\\"b"}', 'BIN-CONFIG-KEY: server.web_root "/a\\"b" is not a path.'],
    ['server: {gzip_enabled: maybe}', 'BIN-CONFIG-KEY: server.gzip_enabled is "maybe" but must be `true` or `false`.'],
    [
      'auth: {strategy: x}',
      'BIN-CONFIG-KEY: auth.strategy is "x" but must be one of anonymous, header, openid, openshift, token.',
    ],
    [
      'health_config: {compute: {duration: 5x}}',
      'BIN-CONFIG-KEY: health_config.compute.duration is "5x" but must be a duration such as `30s` or `5m`.',
    ],
    ['health_config: {rate: [{name: "("}]}', 'BIN-CONFIG-KEY: health_config.rate: "(" is not a regular expression.'],
    [
      'clustering: {kubeconfigs: [1]}',
      'BIN-CONFIG-KEY: clustering.kubeconfigs must be a list of `{file, contexts, names}`.',
    ],
  ])('refuses %s', (text, expected) => {
    expect(codeOf(() => load(text))).toBe(expected)
  })

  it.each(['- a list', 'a: [unclosed', 'just text'])('refuses a file that is no map: %s', (text) => {
    expect(codeOf(() => load(text))).toMatch(/^BIN-CONFIG-FILE: config.yaml is not a YAML map/)
  })

  it('does not expand a bomb of aliases', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...[...'bcdefg'].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdef'[i]}`)}]`),
    ]
    expect(codeOf(() => load(bomb.join('\n')))).toMatch(/^BIN-CONFIG-FILE/)
  })

  it.each<[string, string, Record<string, string>, Flags, string]>([
    ['where a pod runs', '', { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, {}, '10.0.0.1:443, secrets of istio-system'],
    ['not where KUBECONFIG is set', '', { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBECONFIG: '/k' }, {}, '/k'],
    ['not where a flag names a kubeconfig', '', { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, { kubeconfigs: ['/f'] }, '/f'],
    [
      'beside kubeconfigs where told so',
      'clustering: {in_cluster: true, kubeconfigs: [/k], autodetect_secrets: {namespace: ops}}',
      { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' },
      {},
      '10.0.0.1:6443, secrets of ops, /k',
    ],
    [
      'without its Secrets where told so',
      'clustering: {autodetect_secrets: {enabled: false}}',
      { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
      {},
      '10.0.0.1:443',
    ],
    ['nowhere else', '', { HOME: '/me' }, {}, '/me/.kube/config'],
  ])('takes the cluster it runs in for home %s', (_where, yaml, env, flags, expected) => {
    const { inCluster, watchedSecrets, kubeconfigs } = load(yaml, env, flags).config.kubernetes
    const found = [
      ...(inCluster === undefined ? [] : [`${inCluster.host}:${inCluster.port}`]),
      ...(watchedSecrets === undefined ? [] : [`secrets of ${watchedSecrets.namespace}`]),
      ...kubeconfigs.map(({ file }) => file),
    ]
    expect(found.join(', ')).toBe(expected)
  })

  it('reads clusters that are only named, and other consoles', () => {
    const yaml = `clustering:
  clusters: [{name: west}, {name: north, secret_name: s}]
  kiali_urls: [{cluster_name: west, instance_name: kiali, namespace: ops, url: "https://kiali.west"}]`
    expect(load(yaml).config.kubernetes).toMatchObject({
      declared: [
        { name: 'west', secretName: '' },
        { name: 'north', secretName: 's' },
      ],
      kialiUrls: [{ cluster: 'west', instanceName: 'kiali', namespace: 'ops', url: 'https://kiali.west' }],
    })
  })

  it('takes kubeconfigs from flags, else from the file, else from KUBECONFIG', () => {
    const text = 'clustering: {kubeconfigs: [{file: f, contexts: [a]}, g]}'
    const env = { KUBECONFIG: '/one:/two' }
    const files = (flags: Flags, yaml: string) => load(yaml, env, flags).config.kubernetes.kubeconfigs
    expect(files({ kubeconfigs: ['h'], contexts: ['x', 'y'] }, text)).toEqual([{ file: 'h', contexts: ['x', 'y'] }])
    expect(files({}, text)).toEqual([
      { file: 'f', contexts: ['a'] },
      { file: 'g', contexts: [] },
    ])
    expect(files({}, '')).toEqual([
      { file: '/one', contexts: [] },
      { file: '/two', contexts: [] },
    ])
    expect(load('', { HOME: '/me' }).config.kubernetes.kubeconfigs).toEqual([
      { file: '/me/.kube/config', contexts: [] },
    ])
  })

  it('ends the tolerances with the catch-all', () => {
    const { config } = load(
      'health_config: {rate: [{namespace: a, tolerance: [{code: 5XX, degraded: 1, failure: 2}]}]}',
    )
    expect(config.health.rates).toHaveLength(2)
    expect(config.health.rates[0]).toEqual({
      namespace: 'a',
      kind: '',
      name: '',
      tolerance: [{ code: '5XX', degraded: 1, failure: 2, protocol: '', direction: '' }],
    })
    expect(config.health.rates[1]?.tolerance.map(({ code }) => code)).toEqual(['5XX', '4XX', '^[1-9]$|^1[0-6]$', '^-$'])
  })

  it('is frozen to the bottom', () => {
    const { config } = loadConfig()
    expect(Object.isFrozen(config.health.rates[0]?.tolerance[0])).toBe(true)
  })
})

describe('the table of keys', () => {
  it('names each key once', () => {
    expect(new Set(keys.map(({ path }) => path)).size).toBe(keys.length)
  })
})

describe('durations', () => {
  it.each([
    ['30s', 30],
    ['5m', 300],
    ['1h30m', 5400],
    ['500ms', 0.5],
    ['1d', 86_400],
    ['5x', undefined],
    ['', undefined],
    ['-5m', undefined],
    ['5', undefined],
  ])('%s', (text, seconds) => {
    expect(durationS(text)).toBe(seconds)
  })

  it.each([
    [300, '5m'],
    [90, '90s'],
    [7200, '2h'],
    [0, '0s'],
  ])('%d seconds are written shortest', (seconds, text) => {
    expect(durationText(seconds)).toBe(text)
  })
})
