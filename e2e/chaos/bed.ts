/** A three-cluster mesh in this process, and consoles for it whose answers stay the same as long as nothing breaks. */
import { loadConfig } from '@binocle/server/config/load'
import { startServer } from '@binocle/server/main'
import type { ApiServer } from '@binocle/simulator/kube/apiServer'
import { modelNamed } from '@binocle/simulator/models/models'
import { startMesh } from '@binocle/simulator/start'
import { type Answer, ask, type Question, stateOf } from './questions.ts'

export const CLUSTERS = ['east', 'south', 'west'] as const
export type ClusterName = (typeof CLUSTERS)[number]

export interface Bed {
  /** An end of windows that has passed, Unix seconds: the same for all questions. */
  readonly endS: number
  cluster(name: ClusterName): ApiServer
  openConsole(): Promise<Console>
  /** With the consoles that are still open. */
  close(): Promise<void>
}

export interface Console {
  /** From the call to the port that answers. */
  readonly startMs: number
  /** What its log calls errors: an answer of 500 has its cause there. */
  readonly errors: readonly string[]
  ask(questions: readonly Question[]): Promise<Answer[]>
  states(): Promise<Readonly<Record<string, string>>>
  /** Every cluster is in step, and every istiod has said what it knows of its proxies. */
  settled(): Promise<boolean>
  close(): Promise<void>
}

export async function startBed(): Promise<Bed> {
  const model = modelNamed('three')
  if (!model) throw new Error('there is no model of three clusters')
  // Nothing swells, ebbs or restarts: what differs between two answers is the fault's doing.
  const mesh = await startMesh({ scenario: { ...model.scenario, breath: 0 }, living: false })
  const { config } = loadConfig({
    flags: { port: 0, kubeconfigs: [mesh.kubeconfigFile], contexts: ['*'], prometheusUrl: mesh.prometheus.url },
  })
  const open = new Set<Console>()
  return {
    endS: Math.floor(Date.now() / 1000) - 60,
    cluster(name) {
      const found = mesh.clusters.get(name)
      if (!found) throw new Error(`there is no cluster ${name}`)
      return found
    },
    async openConsole() {
      const begun = performance.now()
      const errors: string[] = []
      const server = await startServer(config, {
        log: (level, message, fields) => {
          if (level === 'error') errors.push(`${message} ${JSON.stringify(fields)}`)
        },
      })
      const opened: Console = {
        startMs: performance.now() - begun,
        errors,
        ask: (questions) => Promise.all(questions.map((question) => ask(server.url, question))),
        states: () => stateOf(server.url),
        async settled() {
          const states = Object.values(await stateOf(server.url))
          if (states.length !== CLUSTERS.length || !states.every(isReachable)) return false
          const lists = await Promise.all(
            CLUSTERS.map((name) =>
              ask(server.url, {
                path: `api/clusters/workloads?namespaces=front,loans&health=true&clusterName=${name}`,
              }),
            ),
          )
          return lists.every(({ text }) => !text.includes('"syncedProxies":-1'))
        },
        async close() {
          open.delete(opened)
          await server.close()
        },
      }
      open.add(opened)
      return opened
    },
    async close() {
      await Promise.all([...open].map((one) => one.close()))
      await mesh.close()
    },
  }
}

const isReachable = (state: string): boolean => state === 'reachable'
