/** How many watch events the console takes in: a simulated cluster changes a label of every pod, again and again. */
import { generateScenario } from '@binocle/simulator/generate/generate'
import { type SimulatedMesh, startMesh } from '@binocle/simulator/start'
import { figuresOf, startProgram } from './processes.ts'
import type { Figure } from './table.ts'

/** The design asks for this many a second. */
const eventCount = 25_000

export async function measureChurn(): Promise<Figure[]> {
  const mesh = await startMesh({ scenario: generateScenario('M'), living: false })
  const reach = ['--kubeconfig', mesh.kubeconfigFile, '--context', '*', '--prometheus', mesh.prometheus.url]
  const server = await startProgram(
    ['serve', '--address', '127.0.0.1', '--port', '0', '--log-level', 'error', ...reach],
    /listens on (\S+)/,
  )
  try {
    const [, url = ''] = server.line
    const pods = podsOf(mesh)
    await until(async () => (await counted(url)).pods >= pods.length)
    await quiet(server.pid)
    const start = (await counted(url)).changes
    const cpuBefore = figuresOf(server.pid).cpuMs
    const startedMs = performance.now()
    for (let event = 0; event < eventCount; event += 1) {
      const pod = pods[event % pods.length]
      pod?.change({ metadata: { labels: { 'bench/turn': String(event) } } })
      // What is written goes out only when the writer pauses.
      if (event % 200 === 199) await new Promise((resolve) => setImmediate(resolve))
    }
    await until(async () => (await counted(url)).changes - start >= eventCount)
    const tookS = (performance.now() - startedMs) / 1000
    const cpuMs = figuresOf(server.pid).cpuMs - cpuBefore
    return [
      { what: `${eventCount} watch events of pods taken in`, measured: tookS * 1000, unit: 'ms', design: 1_000 },
      { what: 'the same, CPU of the console', measured: cpuMs, unit: 'ms' },
      { what: 'CPU of the console for one event', measured: (cpuMs * 1000) / eventCount, unit: 'µs' },
    ]
  } finally {
    await server.stop()
    await mesh.close()
  }
}

interface BenchPod {
  change(patch: { metadata: { labels: Record<string, string> } }): void
}

function podsOf({ topology, clusters }: SimulatedMesh): BenchPod[] {
  return (topology?.workloads ?? []).flatMap((workload) => {
    const store = clusters.get(workload.cluster)?.store
    const { namespace } = workload
    return (topology?.pods(workload) ?? []).map(({ name }) => ({
      change: (patch) => store?.patch({ apiVersion: 'v1', kind: 'Pod', namespace, name }, patch),
    }))
  })
}

/** What follows from a first sync is worked out after it, and is not what changes cost. */
async function quiet(pid: number): Promise<void> {
  for (let before = figuresOf(pid).cpuMs; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    const now = figuresOf(pid).cpuMs
    if (now - before < 400) return
    before = now
  }
}

async function until(done: () => Promise<boolean>): Promise<void> {
  // Rarely: answering with all own metrics costs the console more than many events do.
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 250))
}

/** Sums over all clusters, from the console's own metrics. */
async function counted(url: string): Promise<{ pods: number; changes: number }> {
  const text = await (await fetch(`${url}metrics`)).text()
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}\\{[^}]*kind="pods"[^}]*\\} (\\S+)$`, 'gm'))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    )
  return { pods: sum('binocle_inventory_objects'), changes: sum('binocle_inventory_changes_total') }
}
