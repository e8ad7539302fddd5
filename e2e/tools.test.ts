/** The tools of the shell as a person uses them, against a simulated mesh: doctor and remote-secret. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accessOf } from '@binocle/cli/contexts'
import { isRecord, record, text } from '@binocle/server/inventory/json'
import { createKubeApi } from '@binocle/server/kube/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Program, start } from './program.ts'

let simulator: Program
let mesh: { kubeconfigFile: string; prometheusUrl: string; controlUrl: string }
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'binocle-tools-'))
  simulator = start('simulate')
  const [, json = '{}'] = await simulator.says(/^simulated-mesh (.*)$/m)
  mesh = JSON.parse(json)
})
afterAll(async () => {
  await simulator?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a command to its end. */
async function run(...words: string[]): Promise<{ code: number | null; said: string }> {
  const program = start(...words)
  const code = await program.ended
  await program.stop()
  return { code, said: program.said() }
}

const doctor = (...words: string[]) =>
  run('doctor', '--kubeconfig', mesh.kubeconfigFile, '--context', '*', '--prometheus', mesh.prometheusUrl, ...words)

const remoteSecret = (action: string, ...words: string[]) =>
  run(
    'remote-secret',
    action,
    '--kubeconfig',
    mesh.kubeconfigFile,
    '--context',
    'west',
    '--console-context',
    'east',
    ...words,
  )

async function control(action: string): Promise<void> {
  const answer = await fetch(`${mesh.controlUrl}/clusters/west/${action}`, { method: 'POST' })
  if (!answer.ok) throw new Error(`${action}: ${answer.status}`)
}

describe('doctor', () => {
  it('ends with 0 when every cluster is well', async () => {
    const { code, said } = await doctor()
    expect(said).toContain('2 well, 0 with warnings, 0 broken, of 2.')
    expect(code).toBe(0)
  })

  it.each([
    ['down', /FAILED +TCP /],
    ['forbidden?kinds=deployments.apps', /FAILED +Rights /],
  ])('ends with 1 when a cluster is %s, and says where', async (action, line) => {
    await control(action)
    const { code, said } = await doctor()
    await control('heal')
    expect(said).toMatch(line)
    expect(said).toContain('1 well, 0 with warnings, 1 broken, of 2.')
    expect(code).toBe(1)
  })
})

describe('remote-secret', () => {
  it('creates what verifies and what the doctor finds well, and deletes it', async () => {
    const made = await remoteSecret('create')
    expect(made.said).toContain('east: Secret istio-system/kiali-remote-cluster-secret-west created')
    expect(made.code).toBe(0)

    const file = join(folder, 'west.yaml')
    writeFileSync(file, await kubeconfigInSecret())
    const { code, said } = await run('doctor', '--kubeconfig', file)
    expect(said).toContain('as system:serviceaccount:istio-system:kiali')
    expect(code).toBe(0)

    expect((await remoteSecret('delete')).code).toBe(0)
  })

  it('makes nothing with --dry-run: it prints, and then there is nothing to verify', async () => {
    const { said } = await remoteSecret('create', '--dry-run', '-o', 'yaml')
    expect(said.match(/^kind: .*$/gm)).toEqual([
      'kind: ServiceAccount',
      'kind: ClusterRole',
      'kind: ClusterRoleBinding',
      'kind: Secret',
      'kind: Secret',
    ])
    expect((await remoteSecret('verify')).code).toBe(1)
  })

  it.each([
    ['no action', ['remote-secret'], 'Say one of'],
    ['no cluster', ['remote-secret', 'create'], 'Name the cluster to let the console into'],
  ])('refuses %s with 1', async (_what, words, message) => {
    const { code, said } = await run(...words)
    expect(said).toContain(message)
    expect(code).toBe(1)
  })
})

/** Out of the cluster where a console would run, as its administrator. */
async function kubeconfigInSecret(): Promise<string> {
  const api = createKubeApi(accessOf([mesh.kubeconfigFile], 'east'))
  try {
    const secret = await api.get('/api/v1/namespaces/istio-system/secrets/kiali-remote-cluster-secret-west')
    return Buffer.from(text(record(isRecord(secret) ? secret : {}, 'data'), 'west'), 'base64').toString('utf8')
  } finally {
    await api.close()
  }
}
