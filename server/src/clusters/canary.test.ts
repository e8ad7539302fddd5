/** Credentials that must not be seen: every declaration holds one, everything that can go wrong does, and all is kept. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { allKinds } from '../inventory/kinds.ts'
import { createInventory } from '../inventory/live.ts'
import { realTimers } from '../kube/surroundings.ts'
import { type ClusterConnections, startClusters } from './start.ts'

const canary = 'c4nary-credential'
let folder: string
let clusters: ClusterConnections | undefined
const server = createServer((request, response) => {
  const answers: Record<string, () => unknown> = {
    '/rejects': () => response.writeHead(401).end('{"message":"Unauthorized"}'),
    '/breaks': () => request.socket.destroy(),
    '/babbles': () => response.end('<html>'),
    '/moves': () => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  }
  answers[Object.keys(answers).find((path) => request.url?.startsWith(path)) ?? '/rejects']?.()
})

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'binocle-canary-'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await clusters?.close()
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true })
})

function declare(name: string, cluster: object, user: object): void {
  const kubeconfig = {
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster }],
    users: [{ name, user }],
  }
  writeFileSync(join(folder, name), stringify(kubeconfig))
}

describe('credentials', () => {
  it('are neither logged nor told, whatever goes wrong', async () => {
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
    const token = { token: canary }
    for (const way of ['rejects', 'breaks', 'babbles', 'moves']) declare(way, { server: `${url}/${way}` }, token)
    declare('basic', { server: `${url}/rejects` }, { username: 'me', password: canary })
    declare('away', { server: 'http://127.0.0.1:1' }, token)
    declare('nowhere', { server: 'http://no-such-host.invalid' }, token)
    declare('proxied', { server: url, 'proxy-url': `http://me:${canary}@127.0.0.1:1` }, token)
    declare('badproxy', { server: url, 'proxy-url': `ftp://me:${canary}@proxy` }, token)
    declare('badurl', { server: `https://me:${canary}@east` }, token)
    declare('badtoken', { server: url }, { token: `${canary}\n` })
    declare('badkey', { server: url }, { 'client-certificate-data': canary, 'client-key-data': canary })
    writeFileSync(join(folder, 'garbage'), `users: [{user: {token: ${canary}, [}}]`)
    const names = [
      'rejects',
      'breaks',
      'babbles',
      'moves',
      'basic',
      'away',
      'nowhere',
      'proxied',
      'badproxy',
      'badurl',
      'badtoken',
      'badkey',
      'garbage',
    ]

    const logged: unknown[] = []
    const inventory = createInventory()
    clusters = startClusters(
      {
        kubernetes: {
          homeCluster: '',
          kubeconfigs: names.map((name) => ({ file: join(folder, name), contexts: [] })),
          execProvider: { enabled: true, allow: [] },
        },
      },
      inventory,
      { clock: Date.now, random: Math.random, timers: realTimers, log: (...all) => logged.push(all) },
    )
    const { list, onChange } = clusters
    const bad = () => list().filter(({ state }) => state === 'unreachable' || state === 'unauthorized')
    await new Promise<void>((resolve) => {
      if (bad().length === names.length) resolve()
      onChange(() => bad().length === names.length && resolve())
    })
    const states = list().flatMap(({ name }) => allKinds.map((kind) => inventory.state(kind, name)))
    const everything = inspect([logged, list(), states, clusters.stats()], {
      depth: 30,
      maxArrayLength: null,
      maxStringLength: null,
    })
    expect(everything).toContain('BIN-CLUSTER-PROXY')
    expect(everything).not.toContain(canary)
    expect(everything).not.toContain(Buffer.from(`me:${canary}`).toString('base64'))
  })
})
