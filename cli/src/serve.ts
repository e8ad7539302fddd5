/** `binocle serve`: the console for real clusters. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Flags } from '@binocle/server/config/flags'
import { loadConfig } from '@binocle/server/config/load'
import { startServer } from '@binocle/server/main'
import type { Command } from './command.ts'
import { keepInspectorClosed } from './inspector.ts'
import { auditLine, logFrom } from './log.ts'
import { interrupted } from './terminal.ts'

/** The built page lies beside the program. */
export const webDir = join(import.meta.dirname, '..', 'web', 'dist')

const usage = `binocle serve [OPTION ...]

  --config FILE        a Kiali-style configuration file (docs/configuration.md)
  --kubeconfig FILE    a kubeconfig; may be given several times (default: KUBECONFIG, ~/.kube/config)
  --context NAME       a context of it; may be given several times; '*' = all (default: the current one)
  --prometheus URL     the Prometheus that holds the metrics of all clusters
  --home-cluster NAME  the cluster that Kiali's clients take as home (default: the first)
  --address ADDRESS    where to listen (default: 127.0.0.1)
  --port PORT          (default: 20001)
  --web-root PATH      e.g. /kiali (default: /)
  --log-level LEVEL    debug, info, warn or error`

export const serve: Command = {
  summary: 'the console for the clusters of your kubeconfigs',
  usage,
  run: async (words) => {
    keepInspectorClosed()
    const { file, flags } = read(words)
    const { config, diagnostics } = loadConfig({
      env: process.env,
      flags,
      ...(file === undefined ? {} : { file: { name: file, text: readFileSync(file, 'utf8') } }),
    })
    const log = logFrom(config.logLevel)
    for (const diagnostic of diagnostics) log('warn', 'configuration', { ...diagnostic })
    const server = await startServer(config, { webDir, log, auditLine })
    console.log(`Binocle listens on ${server.url}`)
    await interrupted()
    await server.close()
  },
}

function read(words: string[]): { file: string | undefined; flags: Flags } {
  const text = { type: 'string' } as const
  const texts = { type: 'string', multiple: true } as const
  const { values } = parseArgs({
    args: words,
    options: {
      config: text,
      kubeconfig: texts,
      context: texts,
      prometheus: text,
      'home-cluster': text,
      address: text,
      port: text,
      'web-root': text,
      'log-level': text,
    },
  })
  const flags: Flags = {
    ...(values.kubeconfig && { kubeconfigs: values.kubeconfig }),
    ...(values.context && { contexts: values.context }),
    ...(values.prometheus && { prometheusUrl: values.prometheus }),
    ...(values['home-cluster'] && { homeCluster: values['home-cluster'] }),
    ...(values.address && { address: values.address }),
    ...(values.port && { port: Number(values.port) }),
    ...(values['web-root'] && { webRoot: values['web-root'] }),
    ...(values['log-level'] && { logLevel: values['log-level'] }),
  }
  return { file: values.config, flags }
}
