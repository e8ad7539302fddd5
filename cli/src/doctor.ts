/** `binocle doctor`: the diagnosis of every cluster, from the shell. Ends with 1 when something is broken. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Diagnosis } from '@binocle/api/diagnosis'
import { startSources } from '@binocle/server/clusters/sources'
import type { Config } from '@binocle/server/config/config'
import { loadConfig } from '@binocle/server/config/load'
import { diagnose } from '@binocle/server/diagnosis/diagnose'
import { askTelemetry } from '@binocle/server/diagnosis/telemetryAsked'
import type { ClusterSpec } from '@binocle/server/kube/spec'
import { realTimers } from '@binocle/server/kube/surroundings'
import { createPacer } from '@binocle/server/outbound/pacer'
import type { Command } from './command.ts'
import { diagnosisText } from './diagnosisText.ts'

const usage = `binocle doctor [OPTION ...]

Tries each cluster step by step: DNS, TCP, TLS, authentication, rights, API groups, istiod, names, labels, clock,
certificates, telemetry. Ends with 1 when something is broken, with 0 otherwise, warnings or not.

  --config FILE        a Kiali-style configuration file (docs/configuration.md)
  --kubeconfig FILE    a kubeconfig; may be given several times (default: KUBECONFIG, ~/.kube/config)
  --context NAME       a context of it; may be given several times; '*' = all (default: the current one)
  --prometheus URL     the Prometheus that holds the metrics of all clusters
  --edit               also ask for the rights to change things
  --json               the diagnoses as JSON, one a line`

export const doctor: Command = {
  summary: 'try every cluster step by step, and say what is broken and what to do',
  usage,
  run: async (words) => {
    const { config, edit, asJson, askPrometheus } = read(words)
    const specs = specsOf(config)
    if (specs.length === 0) throw new Error('There is no cluster to try. Name a kubeconfig with --kubeconfig FILE.')
    const telemetry = askPrometheus ? askTelemetry(config) : undefined
    const diagnoses = await Promise.all(
      specs.map((spec) =>
        diagnose(
          {
            spec,
            clusters: specs.map(({ name }) => name),
            edit,
            impersonate: config.auth.impersonation.enabled || config.auth.openshift.impersonation.enabled,
            rootNamespace: config.istio.rootNamespace,
            ...(telemetry === undefined ? {} : { telemetry: () => telemetry }),
          },
          { clock: Date.now, timers: realTimers },
        ),
      ),
    )
    console.log(asJson ? diagnoses.map((each) => JSON.stringify(each)).join('\n') : report(diagnoses))
    if (diagnoses.some(({ state }) => state === 'failed')) process.exitCode = 1
  },
}

interface Order {
  readonly config: Config
  readonly edit: boolean
  readonly asJson: boolean
  /** Only one that somebody named: the address by default is one inside a cluster. */
  readonly askPrometheus: boolean
}

function read(words: string[]): Order {
  const text = { type: 'string' } as const
  const texts = { type: 'string', multiple: true } as const
  const flag = { type: 'boolean' } as const
  const { values } = parseArgs({
    args: words,
    options: { config: text, kubeconfig: texts, context: texts, prometheus: text, edit: flag, json: flag },
  })
  const { config } = loadConfig({
    env: process.env,
    ...(values.config && { file: { name: values.config, text: readFileSync(values.config, 'utf8') } }),
    flags: {
      ...(values.kubeconfig && { kubeconfigs: values.kubeconfig }),
      ...(values.context && { contexts: values.context }),
      ...(values.prometheus && { prometheusUrl: values.prometheus }),
    },
  })
  const named = values.prometheus !== undefined || values.config !== undefined
  return {
    config,
    edit: values.edit === true,
    asJson: values.json === true,
    askPrometheus: named && config.prometheus.enabled,
  }
}

/** All that the console would find at its start, but for the Secrets that it watches over the API. */
function specsOf(config: Config): readonly ClusterSpec[] {
  const surroundings = { clock: Date.now, random: Math.random, timers: realTimers, log: () => {} }
  const sources = startSources(config, surroundings, createPacer(), () => {})
  sources.stop()
  // Clusters that nobody gave us access to are only names: there is nothing to try.
  return sources.specs.filter((spec) => !('only' in spec))
}

function report(diagnoses: readonly Diagnosis[]): string {
  const count = (state: Diagnosis['state']): number => diagnoses.filter((each) => each.state === state).length
  const total = `${count('ok')} well, ${count('warning') + count('unknown')} with warnings, ${count('failed')} broken, of ${diagnoses.length}.`
  return `${diagnoses.map(diagnosisText).join('\n\n')}\n\n${total}`
}
