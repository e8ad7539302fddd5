/** `binocle demo`: a living two-cluster mesh and the console for it. What `npm start` runs. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import type { Config } from '@binocle/server/config/config'
import { loadConfig } from '@binocle/server/config/load'
import { BinocleError } from '@binocle/server/errors'
import { type RunningServer, startServer } from '@binocle/server/main'
import type { Model } from '@binocle/simulator/models/model'
import type { Command } from './command.ts'
import { checkedStrategy, type DemoAddress, freePort, loginConfig, peopleWords, whoMayLogIn } from './demoLogin.ts'
import { keepInspectorClosed } from './inspector.ts'
import { logFrom } from './log.ts'
import { webDir } from './serve.ts'
import { checkedModel, type MeshAddresses, modelLines, readyWord } from './simulate.ts'
import { interrupted } from './terminal.ts'

const usage = `binocle demo [OPTION ...]

  --port PORT          where the console listens (default: 20001, or the next free one)
  --address ADDRESS    (default: 127.0.0.1)
  --web-root PATH      e.g. /kiali (default: /)
  --log-level LEVEL    debug, info, warn or error (default: error)
  --auth STRATEGY      who may see what: anonymous (everybody everything, the default), openid, openshift or token
  --model MODEL        a mesh of another deployment model, see below (default: a shop over two clusters)

Ends with Ctrl-C.

Models:
${modelLines}`

export const demo: Command = {
  summary: 'a living two-cluster mesh on this machine, and the console for it',
  usage,
  run: async (words) => {
    keepInspectorClosed()
    const text = { type: 'string' } as const
    const { values } = parseArgs({
      args: words,
      options: { port: text, address: text, 'web-root': text, 'log-level': text, auth: text, model: text },
    })
    const model = values.model === undefined ? undefined : checkedModel(values.model)
    const strategy = checkedStrategy(values.auth ?? 'anonymous')
    const address = values.address ?? '127.0.0.1'
    const at: DemoAddress = {
      host: address === '0.0.0.0' ? '127.0.0.1' : address,
      port: await portFor(values.port, address),
      webRoot: `/${values['web-root'] ?? ''}`.replace(/\/+/g, '/').replace(/\/$/, ''),
    }
    const mesh = await simulated([
      ...(model === undefined ? [] : ['--model', model.name]),
      ...peopleWords(strategy, at),
    ])
    const { config } = loadConfig({
      file: { name: 'demo', text: JSON.stringify(loginConfig(strategy, at, mesh.addresses)) },
      flags: {
        kubeconfigs: [mesh.addresses.kubeconfigFile],
        contexts: ['*'],
        prometheusUrl: mesh.addresses.prometheusUrl,
        address,
        port: at.port,
        logLevel: values['log-level'] ?? 'error',
        ...(values['web-root'] && { webRoot: values['web-root'] }),
      },
    })
    // A provider knows the one address that it may send people back to.
    const server = await startOnFreePort(
      config,
      values.port === undefined && (strategy === 'anonymous' || strategy === 'token'),
    )
    console.log(welcome(server.url, mesh.addresses, model, whoMayLogIn(strategy, mesh.addresses)))
    await Promise.race([interrupted(), mesh.ended])
    await server.close()
    mesh.process.kill('SIGTERM')
  },
}

/** The one that was asked for, where it is one: 0 means any. */
async function portFor(asked: string | undefined, address: string): Promise<number> {
  if (asked === undefined) return await freePort(20_001, address)
  return asked === '0' ? await freePort(0, address) : Number(asked)
}

/** The simulated mesh runs in a process of its own: the console reaches it through the network, as it does a real one. */
async function simulated(
  words: readonly string[],
): Promise<{ addresses: MeshAddresses; process: ChildProcess; ended: Promise<void> }> {
  const program = process.argv[1] ?? ''
  const child = spawn(process.execPath, [program, 'simulate', ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  process.on('exit', () => child.kill('SIGTERM'))
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith(`${readyWord} `)) continue
    return { addresses: JSON.parse(line.slice(readyWord.length)), process: child, ended }
  }
  throw new Error('The simulated mesh did not start.')
}

/** Tries a few ports after the usual one, unless the port was told. */
async function startOnFreePort(config: Config, mayMove: boolean): Promise<RunningServer> {
  const log = logFrom(config.logLevel)
  for (let step = 0; ; step += 1) {
    const port = config.server.port + step
    try {
      return await startServer({ ...config, server: { ...config.server, port } }, { webDir, log })
    } catch (error) {
      const taken = error instanceof BinocleError && error.code === 'BIN-PORT-TAKEN'
      if (!taken || !mayMove || step === 20) throw error
    }
  }
}

function welcome(
  url: string,
  { controlUrl, clusters }: MeshAddresses,
  model: Model | undefined,
  people: string,
): string {
  const last = clusters.at(-1) ?? 'west'
  return `
Binocle shows a simulated mesh of ${clusters.length === 1 ? 'the cluster' : 'the clusters'} ${clusters.join(' and ')}:

  ${url}
${people}
What to look at:
${model === undefined ? planted : `  - ${model.name}: ${model.summary}.`}
  - Graph: calls that cross from one cluster to the other are drawn apart.
  - Services: one row for each service, however many clusters it lives in. Open one to see what differs.

Break it, and watch the page without reloading it:
  curl -X POST ${controlUrl}/clusters/${last}/down      # the API server of ${last} stops
  curl -X POST ${controlUrl}/clusters/${last}/heal      # and comes back
  curl ${controlUrl}/                          # everything else that can be broken

Ctrl-C ends it.
`
}

const planted = '  - Overview says in words what is wrong now: two faults are planted.'
