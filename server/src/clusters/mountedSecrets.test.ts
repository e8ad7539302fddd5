import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { noRight } from '../kube/secretPolicy.ts'
import type { ClusterSpec } from '../kube/spec.ts'
import { type FakeTime, fakeTime } from '../kube/testing.ts'
import { watchMountedSecrets } from './mountedSecrets.ts'
import type { ClusterSource } from './source.ts'

let root: string
let time: FakeTime
let heard: string[]
let source: ClusterSource | undefined

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'binocle-secrets-'))
  time = fakeTime()
  heard = []
})
afterEach(() => {
  source?.stop()
  rmSync(root, { recursive: true })
})

function watch(): readonly ClusterSpec[] {
  const kubernetes = { homeCluster: '', kubeconfigs: [], execProvider: { enabled: false, allow: [] } }
  source = watchMountedSecrets(
    root,
    kubernetes,
    () => noRight,
    time,
    (specs) => heard.push(specs.map(inShort).join(' ')),
  )
  return source.specs
}

/** `secret/name:token`, or the code of what is wrong. */
function inShort(spec: ClusterSpec): string {
  const { name, secretName } = spec
  if ('problem' in spec) return `${secretName}/${name}:${spec.problem.code}`
  return `${secretName}/${name}:${'token' in spec.access.credential ? spec.access.credential.token : ''}`
}

const remote = (name: string, token: string): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server: `https://${name}` } }],
    users: [{ name, user: { token } }],
  })

function write(path: string, content: string): void {
  mkdirSync(join(root, dirname(path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

/** As the kubelet does it: keys are links through `..data`, which is swapped at once. */
function mount(secret: string, version: string, keys: Record<string, string>): void {
  for (const [key, content] of Object.entries(keys)) write(`${secret}/..${version}/${key}`, content)
  symlinkSync(`..${version}`, join(root, secret, '..data_tmp'))
  renameSync(join(root, secret, '..data_tmp'), join(root, secret, '..data'))
}

describe('mounted remote-cluster secrets', () => {
  it('name their clusters by file, whether a secret holds one or many', () => {
    write('a/east', remote('east', '1'))
    write('many/west', remote('west', '2'))
    write('many/north', remote('north', '3'))
    expect(watch().map(inShort)).toEqual(['a/east:1', 'many/north:3', 'many/west:2'])
  })

  it('may come later, the folder itself too', async () => {
    rmSync(root, { recursive: true })
    expect(watch()).toEqual([])
    write('a/east', remote('east', '1'))
    await time.advance(2_000)
    expect(heard).toEqual(['a/east:1'])
  })

  it('AUTH-158: are rotated by a swapped ..data', async () => {
    mount('a', '1', { east: remote('east', 'old') })
    symlinkSync('..data/east', join(root, 'a', 'east'))
    expect(watch().map(inShort)).toEqual(['a/east:old'])
    mount('a', '2', { east: remote('east', 'new') })
    await time.advance(2_000)
    expect(heard).toEqual(['a/east:new'])
  })

  it('are renamed and removed while we run', async () => {
    write('a/east', remote('east', '1'))
    write('b/west', remote('west', '1'))
    watch()
    rmSync(join(root, 'a', 'east'))
    write('a/north', remote('north', '1'))
    await time.advance(2_000)
    rmSync(join(root, 'b'), { recursive: true })
    await time.advance(2_000)
    expect(heard).toEqual(['a/north:1 b/west:1', 'a/north:1'])
  })

  it.each([
    ['of another name than the file', remote('west', '1'), 'BIN-CLUSTER-NAME'],
    ['that is garbage', '<html>', 'BIN-CLUSTER-CONFIG'],
    ['without a user', remote('east', '1').replace('users:', 'nobody:'), 'BIN-CLUSTER-CONFIG'],
    ['with two clusters', remote('east', '1').replace('clusters:', 'clusters:\n  - name: west'), 'BIN-CLUSTER-CONFIG'],
  ])('hold a kubeconfig %s: that cluster alone is refused', (_what, content, code) => {
    write('a/east', content)
    write('b/north', remote('north', '1'))
    expect(watch().map(inShort)).toEqual([`a/east:${code}`, 'b/north:1'])
  })

  it('that are dangling links are refused by name', () => {
    mkdirSync(join(root, 'a'))
    symlinkSync('..data/east', join(root, 'a', 'east'))
    expect(watch().map(inShort)).toEqual(['a/east:BIN-CLUSTER-CONFIG'])
  })

  it.each([
    ['its name', 'istio-remote-secret-east', '1'],
    [
      'its account',
      'a',
      `e30.${Buffer.from('{"sub":"system:serviceaccount:istio-system:istio-reader-service-account"}').toString('base64url')}.x`,
    ],
  ])('made for Istio are told by %s, with what is missing and how to make the right one', (_how, secret, token) => {
    write(`${secret}/east`, remote('east', token))
    const [spec] = watch()
    expect(spec?.notes?.[0]).toMatchObject({
      code: 'BIN-CLUSTER-ISTIO-SECRET',
      message: expect.stringContaining('may not read Deployments'),
      remedy: expect.stringContaining('binocle remote-secret create --name east'),
    })
  })
})
