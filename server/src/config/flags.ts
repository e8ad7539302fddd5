/** What the command line says. */

/** Given on the command line. */
export interface Flags {
  readonly address?: string
  readonly port?: number
  readonly webRoot?: string
  readonly kubeconfigs?: readonly string[]
  /** Taken from every kubeconfig; `*` = all contexts. */
  readonly contexts?: readonly string[]
  readonly prometheusUrl?: string
  readonly homeCluster?: string
  readonly logLevel?: string
}

export function settingsInFlags(flags: Flags): Map<string, unknown> {
  return new Map<string, unknown>([
    ['server.address', flags.address],
    ['server.port', flags.port],
    ['server.web_root', flags.webRoot],
    ['kubernetes_config.cluster_name', flags.homeCluster],
    ['external_services.prometheus.url', flags.prometheusUrl],
  ])
}
