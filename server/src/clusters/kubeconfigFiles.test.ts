import { mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { ClusterSpec } from '../kube/spec.ts'
import { type FakeTime, fakeTime } from '../kube/testing.ts'
import { watchKubeconfigs } from './kubeconfigFiles.ts'
import type { ClusterSource } from './source.ts'

let folder: string
let time: FakeTime
let heard: string[]
let source: ClusterSource | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'binocle-files-'))
  time = fakeTime()
  heard = []
})
afterEach(() => {
  source?.stop()
  rmSync(folder, { recursive: true })
})

const path = (name: string): string => join(folder, name)

/** All contexts of these files; `heard` gets what changes. */
function watch(...files: string[]): readonly string[] {
  const kubernetes = {
    homeCluster: '',
    kubeconfigs: files.map((file) => ({ file: path(file), contexts: ['*'] })),
    execProvider: { enabled: false, allow: [] },
  }
  source = watchKubeconfigs({ kubernetes }, time, (specs) => heard.push(specs.map(inShort).join(' ')))
  return source.specs.map(inShort)
}

/** `name:token`, or the name and `!`. */
function inShort(spec: ClusterSpec): string {
  if (!('access' in spec)) return `${spec.name}!`
  return `${spec.name}:${'token' in spec.access.credential ? spec.access.credential.token : ''}`
}

const kubeconfig = (...clusters: { name: string; token: string }[]): string =>
  stringify({
    contexts: clusters.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
    clusters: clusters.map(({ name }) => ({ name, cluster: { server: `https://${name}` } })),
    users: clusters.map(({ name, token }) => ({ name, user: { token } })),
  })

describe('kubeconfig files', () => {
  it('are read in the order of declaration', () => {
    writeFileSync(path('b'), kubeconfig({ name: 'west', token: '1' }))
    writeFileSync(path('a'), kubeconfig({ name: 'east', token: '1' }))
    expect(watch('b', 'a')).toEqual(['west:1', 'east:1'])
  })

  it('that are not there are clusters in error state, until they are there', async () => {
    expect(watch('later')).toEqual([`${path('later')}!`])
    writeFileSync(path('later'), kubeconfig({ name: 'east', token: '1' }))
    await time.advance(2_000)
    expect(heard).toEqual(['east:1'])
  })

  it('tell of a renewed token and of a new cluster within two seconds', async () => {
    writeFileSync(path('a'), kubeconfig({ name: 'east', token: '1' }))
    watch('a')
    writeFileSync(path('a'), kubeconfig({ name: 'east', token: 'renewed' }, { name: 'west', token: '1' }))
    await time.advance(2_000)
    expect(heard).toEqual(['east:renewed west:1'])
  })

  it('tell nothing while nothing changes', async () => {
    writeFileSync(path('a'), kubeconfig({ name: 'east', token: '1' }))
    watch('a')
    await time.advance(60_000)
    expect(heard).toEqual([])
  })

  it('follow the swapped symlink of a mounted Secret', async () => {
    writeFileSync(path('old'), kubeconfig({ name: 'east', token: 'old' }))
    writeFileSync(path('new'), kubeconfig({ name: 'east', token: 'new' }))
    symlinkSync(path('old'), path('config'))
    watch('config')
    unlinkSync(path('config'))
    symlinkSync(path('new'), path('config'))
    await time.advance(2_000)
    expect(heard).toEqual(['east:new'])
  })

  it('that cannot be read any more keep their clusters, in error state', async () => {
    writeFileSync(path('a'), kubeconfig({ name: 'east', token: '1' }, { name: 'west', token: '1' }))
    watch('a')
    writeFileSync(path('a'), '<html>')
    await time.advance(2_000)
    rmSync(path('a'))
    await time.advance(2_000)
    writeFileSync(path('a'), kubeconfig({ name: 'west', token: '1' }))
    await time.advance(2_000)
    expect(heard).toEqual(['east! west!', 'east! west!', 'west:1'])
  })

  it('name clusters as their configuration says', () => {
    writeFileSync(path('a'), kubeconfig({ name: 'kind-east', token: '1' }, { name: 'kind-west', token: '2' }))
    const kubernetes = {
      homeCluster: '',
      kubeconfigs: [{ file: path('a'), contexts: ['*'], names: { 'kind-east': 'east' } }],
      nameOverrides: { 'kind-west': 'west' },
      execProvider: { enabled: false, allow: [] },
    }
    source = watchKubeconfigs({ kubernetes }, time, () => {})
    expect(source.specs.map(inShort)).toEqual(['east:1', 'west:2'])
  })
})
