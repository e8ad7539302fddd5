/** `binocle simulate`: a living mesh on this machine, without the console: for `demo`, the benches, and kubectl. */
import { parseArgs } from 'node:util'
import { demoScenario } from '@binocle/simulator/demo/demo'
import { generateScenario } from '@binocle/simulator/generate/generate'
import { loadRecording } from '@binocle/simulator/recording/load'
import type { Scenario } from '@binocle/simulator/scenario'
import { type SimulatedMesh, startMesh } from '@binocle/simulator/start'
import type { Command } from './main.ts'
import { interrupted } from './terminal.ts'

const usage = `binocle simulate [OPTION ...]

  --recording FOLDER   a recorded mesh instead of the demo's
  --size SIZE          a generated mesh instead of the demo's: S, M or L
  --control-port PORT  where the control listens (default: any free port)

Prints where everything is. Ends with Ctrl-C.`

/** What the simulator tells whoever starts it as a child: one line of JSON after this word. */
export const readyWord = 'simulated-mesh'

export interface MeshAddresses {
  readonly kubeconfigFile: string
  readonly prometheusUrl: string
  readonly controlUrl: string
  readonly clusters: readonly string[]
}

export const simulate: Command = {
  summary: 'only the simulated mesh: API servers, Prometheus, istiods',
  usage,
  run: async (words) => {
    const text = { type: 'string' } as const
    const { values } = parseArgs({ args: words, options: { recording: text, size: text, 'control-port': text } })
    const mesh = await startMesh({
      ...(values.recording
        ? { recording: await loadRecording(values.recording, { live: Date.now }) }
        : { scenario: scenarioOf(values.size) }),
      ...(values.size ? { living: false } : {}),
      ports: { control: Number(values['control-port'] ?? 0) },
    })
    console.log(`${readyWord} ${JSON.stringify(addressesOf(mesh))}`)
    await interrupted()
    await mesh.close()
  },
}

function scenarioOf(size: string | undefined): Scenario {
  if (size === undefined) return demoScenario()
  if (size === 'S' || size === 'M' || size === 'L') return generateScenario(size)
  throw new Error(`There is no size ${size}; the sizes are S, M and L.`)
}

const addressesOf = (mesh: SimulatedMesh): MeshAddresses => ({
  kubeconfigFile: mesh.kubeconfigFile,
  prometheusUrl: mesh.prometheus.url,
  controlUrl: mesh.control.url,
  clusters: [...mesh.clusters.keys()],
})
