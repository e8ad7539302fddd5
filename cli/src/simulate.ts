/** `binocle simulate`: a living mesh on this machine, without the console: for `demo`, the benches, and kubectl. */
import { parseArgs } from 'node:util'
import { demoScenario } from '@binocle/simulator/demo/demo'
import { generateScenario } from '@binocle/simulator/generate/generate'
import type { Model } from '@binocle/simulator/models/model'
import { MODELS, modelNamed } from '@binocle/simulator/models/models'
import { loadRecording } from '@binocle/simulator/recording/load'
import { type MeshOptions, type SimulatedMesh, startMesh } from '@binocle/simulator/start'
import type { Command } from './command.ts'
import { type PersonAddress, simulatePeople } from './simulatedPeople.ts'
import { interrupted } from './terminal.ts'
import { warmPrometheus } from './warmPrometheus.ts'

/** One line for each deployment model, to be printed under `--model`. */
export const modelLines = MODELS.map(({ name, summary }) => `    ${name.padEnd(29)}${summary}`).join('\n')

const usage = `binocle simulate [OPTION ...]

  --recording FOLDER   a recorded mesh instead of the demo's
  --size SIZE          a generated mesh instead of the demo's: S, M or L
  --model MODEL        a deployment model instead of the demo's mesh, see below
  --control-port PORT  where the control listens (default: any free port)
  --people             with people of different rights; prints their tokens
  --console URL        and an identity provider that sends them back to this console
  --openshift URL      and OpenShift's OAuth server in every cluster, which do so

Prints where everything is. Ends with Ctrl-C.

Models:
${modelLines}`

/** What the simulator tells whoever starts it as a child: one line of JSON after this word. */
export const readyWord = 'simulated-mesh'

export interface MeshAddresses {
  readonly kubeconfigFile: string
  readonly prometheusUrl: string
  readonly controlUrl: string
  readonly clusters: readonly string[]
  readonly people?: readonly PersonAddress[]
  /** The identity provider. */
  readonly oidc?: { readonly issuer: string; readonly clientId: string }
}

export const simulate: Command = {
  summary: 'only the simulated mesh: API servers, Prometheus, istiods',
  usage,
  run: async (words) => {
    const text = { type: 'string' } as const
    const { values } = parseArgs({
      args: words,
      options: {
        recording: text,
        size: text,
        model: text,
        'control-port': text,
        people: { type: 'boolean' },
        console: text,
        openshift: text,
      },
    })
    const source: MeshOptions = values.recording
      ? { recording: await loadRecording(values.recording, { live: Date.now }) }
      : scenarioOf(values.size, values.model)
    const people =
      source.scenario !== undefined &&
      (values.people === true || values.console !== undefined || values.openshift !== undefined)
        ? await simulatePeople(source.scenario, values)
        : undefined
    const mesh = await startMesh({
      ...source,
      ...people?.options,
      ...(values.size ? { living: false, warm: true } : {}),
      ports: { control: Number(values['control-port'] ?? 0) },
    })
    const addresses: MeshAddresses = {
      ...addressesOf(mesh, source.hidden ?? []),
      ...(people === undefined ? {} : { people: people.people }),
      ...(people?.oidc === undefined ? {} : { oidc: { issuer: people.oidc.issuer, clientId: people.oidc.clientId } }),
    }
    if (values.size) await warmPrometheus(mesh.prometheus.url, values.size !== 'L')
    console.log(`${readyWord} ${JSON.stringify(addresses)}`)
    await interrupted()
    await Promise.all([mesh.close(), people?.close()])
  },
}

function scenarioOf(size: string | undefined, model: string | undefined): MeshOptions {
  if (model !== undefined) {
    const { scenario, hidden = [] } = checkedModel(model)
    return { scenario, hidden }
  }
  if (size === undefined) return { scenario: demoScenario() }
  if (size === 'S' || size === 'M' || size === 'L') return { scenario: generateScenario(size) }
  throw new Error(`There is no size ${size}; the sizes are S, M and L.`)
}

/** Throws with the names there are. */
export function checkedModel(name: string): Model {
  const model = modelNamed(name)
  if (model === undefined) throw new Error(`There is no model ${name}. The models are:\n\n${modelLines}`)
  return model
}

const addressesOf = (mesh: SimulatedMesh, hidden: readonly string[]): MeshAddresses => ({
  kubeconfigFile: mesh.kubeconfigFile,
  prometheusUrl: mesh.prometheus.url,
  controlUrl: mesh.control.url,
  clusters: [...mesh.clusters.keys()].filter((name) => !hidden.includes(name)),
})
