/** Clusters that come and go a thousand times: what stays behind in memory, and how soon each is read. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type ClusterConnections, startClusters } from '@binocle/server/clusters/start'
import { createInventory } from '@binocle/server/inventory/live'
import { realTimers } from '@binocle/server/kube/surroundings'
import { startProgram } from './processes.ts'
import { type Figure, percentile } from './table.ts'

/** After so many everything is compiled and every pool is filled. */
const warmUp = 50
const cycles = 500

/** Each cycle writes a kubeconfig with two clusters, waits until both are read whole, and writes one without any. */
export async function measureCycles(): Promise<Figure[]> {
  const simulator = await startProgram(['simulate'], /^simulated-mesh (.*)$/)
  const { kubeconfigFile } = JSON.parse(simulator.line[1] ?? '{}')
  const kubeconfig = readFileSync(kubeconfigFile, 'utf8')
  const folder = mkdtempSync(join(tmpdir(), 'binocle-cycles-'))
  const file = join(folder, 'kubeconfig')
  writeFileSync(file, empty)
  const kubernetes = {
    homeCluster: '',
    kubeconfigs: [{ file, contexts: ['*'] }],
    execProvider: { enabled: false, allow: [] },
  }
  // Files are looked at a hundred times as often, so that the run does not consist of waiting.
  const timers = { after: (delayMs: number, then: () => void) => realTimers.after(delayMs / 100, then) }
  const surroundings = { clock: Date.now, random: () => 0.5, timers, log: () => {} }
  const clusters = startClusters({ kubernetes }, createInventory(), surroundings)
  const count = (): number => clusters.list().length
  const areRead = (): boolean => count() === 2 && clusters.list().every(({ state }) => state === 'reachable')
  try {
    const times: number[] = []
    let before = 0
    for (let cycle = 0; cycle < warmUp + cycles; cycle++) {
      if (cycle === warmUp) before = await heapMB()
      const startedMs = performance.now()
      writeFileSync(file, kubeconfig)
      await until(clusters, areRead)
      times.push(performance.now() - startedMs)
      writeFileSync(file, empty)
      await until(clusters, () => count() === 0)
    }
    const left = (await heapMB()) - before
    return [
      { what: `heap that ${2 * cycles} added and removed clusters leave`, measured: left, unit: 'MB' },
      { what: 'two clusters added and read, p50', measured: percentile(times, 0.5), unit: 'ms' },
      { what: 'two clusters added and read, p99', measured: percentile(times, 0.99), unit: 'ms', design: 2_000 },
    ]
  } finally {
    await clusters.close()
    await simulator.stop()
    rmSync(folder, { recursive: true })
  }
}

const empty = 'contexts: []\n'

async function heapMB(): Promise<number> {
  setFlagsFromString('--expose-gc')
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 200))
    runInNewContext('gc')()
  }
  return process.memoryUsage().heapUsed / 2 ** 20
}

function until(clusters: ClusterConnections, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (holds()) resolve()
    else {
      const stop = clusters.onChange(() => {
        if (!holds()) return
        stop()
        resolve()
      })
    }
  })
}
