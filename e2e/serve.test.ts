/** `binocle serve` as for real clusters: kubeconfig, contexts and a Prometheus; and what it says when they are wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Program, start } from './program.ts'

let simulator: Program
let mesh: { kubeconfigFile: string; prometheusUrl: string }
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'binocle-serve-'))
  simulator = start('simulate')
  const [, json = '{}'] = await simulator.says(/^simulated-mesh (.*)$/m)
  mesh = JSON.parse(json)
})

afterAll(async () => {
  await simulator?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function serving<T>(words: string[], look: (url: string, program: Program) => Promise<T>): Promise<T> {
  const program = start('serve', '--address', '127.0.0.1', '--port', '0', ...words)
  try {
    const [, url = ''] = await program.says(/listens on (\S+)/)
    return await look(url, program)
  } finally {
    await program.stop()
  }
}

async function json(url: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(url)
  return { status: answer.status, body: JSON.parse(await answer.text()) }
}

const states = (url: string) => async () => {
  const { clusters } = (await json(`${url}api/multicluster/clusters`)).body
  return Object.fromEntries(Array.isArray(clusters) ? clusters.map(({ name, state }) => [name, state]) : [])
}

describe('serve', () => {
  it('shows the clusters of the contexts it was given', async () => {
    const words = [
      '--kubeconfig',
      mesh.kubeconfigFile,
      '--context',
      'east',
      '--context',
      'west',
      '--prometheus',
      mesh.prometheusUrl,
    ]
    await serving(words, async (url) => {
      await expect.poll(states(url), { timeout: 20_000 }).toEqual({ east: 'reachable', west: 'reachable' })
      const { status, body } = await json(`${url}api/namespaces/graph?namespaces=shop&graphType=app&duration=300s`)
      expect(status).toBe(200)
      expect(JSON.stringify(body)).toContain('"app":"cart"')
    })
  })

  it('shows a context that does not exist as a cluster in trouble, and the others as they are', async () => {
    const words = [
      '--kubeconfig',
      mesh.kubeconfigFile,
      '--context',
      'east',
      '--context',
      'nowhere',
      '--prometheus',
      mesh.prometheusUrl,
    ]
    await serving(words, async (url) => {
      await expect
        .poll(states(url), { timeout: 20_000 })
        .toEqual({ east: 'reachable', nowhere: 'unreachable', west: 'telemetry-only' })
      const { body } = await json(`${url}api/multicluster/clusters`)
      expect(JSON.stringify(body)).toContain('BIN-CLUSTER-CONFIG')
    })
  })

  it('AUTH-T67: does not open the inspector for who sends SIGUSR1', async () => {
    const words = ['--kubeconfig', mesh.kubeconfigFile, '--context', 'east']
    await serving(words, async (url, program) => {
      program.signal('SIGUSR1')
      // Node says it before anything else that it does afterwards.
      for (let turn = 0; turn < 20; turn++) expect((await fetch(`${url}healthz`)).status).toBe(200)
      expect(program.said()).not.toMatch(/[Dd]ebugger/)
    })
  })

  it('AUTH-13: does not start where NODE_TLS_REJECT_UNAUTHORIZED switches verification off', async () => {
    const program = start('serve', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, '--port', '0')
    await program.says(/BIN-CONFIG-INSECURE/)
    expect(await program.ended).not.toBe(0)
    await program.stop()
  })

  it('stays up with a kubeconfig that does not parse', async () => {
    const file = join(folder, 'broken.yaml')
    writeFileSync(file, 'clusters: [unclosed')
    await serving(['--kubeconfig', file], async (url) => {
      expect((await fetch(`${url}healthz`)).status).toBe(200)
      expect(JSON.stringify((await json(`${url}api/multicluster/clusters`)).body)).toContain('BIN-CLUSTER-CONFIG')
    })
  })

  it('lists services without a Prometheus, and says which source is missing', async () => {
    const words = ['--kubeconfig', mesh.kubeconfigFile, '--context', 'east', '--prometheus', 'http://127.0.0.1:9']
    await serving(words, async (url) => {
      await expect
        .poll(states(url), { timeout: 20_000 })
        .toMatchObject({ east: expect.stringMatching(/reachable|degraded/) })
      const lists = await json(`${url}api/multicluster/services`)
      expect(JSON.stringify(lists.body)).toContain('"name":"cart"')
      expect(JSON.stringify(lists.body.telemetry)).toContain('BIN-PROMETHEUS-UNREACHABLE')
      const graph = await json(`${url}api/namespaces/graph?namespaces=shop`)
      expect(graph.status).toBe(503)
      expect(graph.body.code).toBe('BIN-PROMETHEUS-UNREACHABLE')
    })
  })

  it.each([
    ['an unknown namespace', 'api/namespaces/graph?namespaces=nosuch', 403],
    ['an unknown graph type', 'api/namespaces/graph?namespaces=shop&graphType=pie', 400],
    ['a malformed duration', 'api/namespaces/graph?namespaces=shop&duration=5x', 400],
    ['a negative time', 'api/namespaces/graph?namespaces=shop&queryTime=-5', 400],
    ['an unknown parameter', 'api/clusters/services?colour=red', 400],
    ['an unknown cluster of ours', 'api/multicluster/services?clusters=mars', 400],
  ])('answers %s with a code and words', async (_what, path, status) => {
    await serving(
      ['--kubeconfig', mesh.kubeconfigFile, '--context', 'east', '--prometheus', mesh.prometheusUrl],
      async (url) => {
        await expect.poll(states(url), { timeout: 20_000 }).toEqual({ east: 'reachable', west: 'telemetry-only' })
        const answer = await json(url + path)
        expect(answer.status).toBe(status)
        expect(answer.body).toMatchObject({ error: expect.stringMatching(/\w+/), code: expect.stringMatching(/^BIN-/) })
      },
    )
  })
})
