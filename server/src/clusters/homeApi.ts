/** The home cluster's API before the clusters are started: for the little that must be known first. */
import { setTimeout } from 'node:timers/promises'
import { createKubeApi, type KubeApi } from '../kube/api.ts'
import { KubeFailure } from '../kube/failure.ts'
import type { Surroundings } from '../kube/surroundings.ts'
import { createPacer } from '../outbound/pacer.ts'
import type { KubernetesConfig } from './source.ts'
import { startSources } from './sources.ts'

/** `ask` may be called again while the cluster does not answer, until `timeoutMs` are over: then its last error is thrown. */
export async function askHome<T>(
  config: KubernetesConfig,
  surroundings: Surroundings,
  ask: (api: KubeApi) => Promise<T>,
  timeoutMs: number,
): Promise<T> {
  const { clock } = surroundings
  const until = clock() + timeoutMs
  // Secrets are read over the home cluster: none of them is it.
  const { watchedSecrets: _not, secretsFolder: _nor, ...kubernetes } = config.kubernetes
  const sources = startSources({ kubernetes }, surroundings, createPacer(), () => {})
  let api: KubeApi | undefined
  try {
    for (;;) {
      const spec = sources.specs.find(({ name }) => name === sources.home)
      try {
        if (spec === undefined || !('access' in spec)) throw new Error('there is no home cluster that can be asked')
        api ??= createKubeApi(spec.access)
        return await ask(api)
      } catch (error) {
        if (clock() >= until || !mayPass(error)) throw error
      }
      // Nothing else may be open yet: a timer that keeps no process alive would end it here.
      await setTimeout(askAgainMs)
    }
  } finally {
    sources.stop()
    await api?.close()
  }
}

const askAgainMs = 500

/** An answer is an answer; only silence may end. */
const mayPass = (error: unknown): boolean =>
  !(error instanceof KubeFailure) || ['dns', 'server', 'unauthorized', 'unreachable'].includes(error.reason)
