/** A program that a kubeconfig names leaves a file behind when it runs. In the default configuration none does. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { stringify } from 'yaml'
import { loadConfig } from '../config/load.ts'
import { createInventory } from '../inventory/live.ts'
import { realTimers } from '../kube/surroundings.ts'
import { type ClusterConnections, startClusters } from './start.ts'

let folder: string
let clusters: ClusterConnections | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'binocle-programs-'))
  const program = join(folder, 'program')
  writeFileSync(program, `#!/bin/sh\ntouch ${join(folder, 'ran')}\necho '{}'\n`)
  chmodSync(program, 0o700)
})
afterEach(async () => {
  await clusters?.close()
  rmSync(folder, { recursive: true })
})

const users = (): Readonly<Record<string, object>> => ({
  exec: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: join(folder, 'program') } },
  provider: { 'auth-provider': { name: 'gcp', config: { 'cmd-path': join(folder, 'program') } } },
  both: { token: 't', exec: { apiVersion: 'client.authentication.k8s.io/v1', command: join(folder, 'program') } },
})

const kubeconfig = (name: string, user: object): string =>
  stringify({
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name, user }],
  })

function start(yaml: object): ClusterConnections {
  const { kubernetes } = loadConfig({ file: { name: 'config.yaml', text: stringify(yaml) } }).config
  clusters = startClusters({ kubernetes }, createInventory(), {
    clock: Date.now,
    random: Math.random,
    timers: realTimers,
    log: () => {},
  })
  return clusters
}

it.each(['exec', 'provider', 'both'])('AUTH-134: of a kubeconfig of ours does not run: %s', async (name) => {
  writeFileSync(join(folder, 'kubeconfig'), kubeconfig(name, users()[name] ?? {}))
  const { get } = start({ clustering: { kubeconfigs: [join(folder, 'kubeconfig')], secrets_directory: folder } })
  await vi.waitUntil(() => get(name)?.state === 'unreachable', { timeout: 5_000 })
  expect(existsSync(join(folder, 'ran'))).toBe(false)
})

it.each(['exec', 'provider', 'both'])('AUTH-T51: of a mounted Secret does not run: %s', async (name) => {
  mkdirSync(join(folder, 'secrets', 's'), { recursive: true })
  writeFileSync(join(folder, 'secrets', 's', name), kubeconfig(name, users()[name] ?? {}))
  const { get } = start({ clustering: { secrets_directory: join(folder, 'secrets'), allow_loopback: true } })
  await vi.waitUntil(() => get(name)?.state === 'unreachable', { timeout: 5_000 })
  expect(existsSync(join(folder, 'ran'))).toBe(false)
})

it('runs where it is enabled and allowed: else the other tests would show nothing', async () => {
  writeFileSync(join(folder, 'kubeconfig'), kubeconfig('exec', users().exec ?? {}))
  start({
    clustering: {
      kubeconfigs: [join(folder, 'kubeconfig')],
      enable_exec_provider: true,
      exec_provider_allow: [join(folder, 'program')],
    },
  })
  await vi.waitUntil(() => existsSync(join(folder, 'ran')), { timeout: 5_000 })
})
