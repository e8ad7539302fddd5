/** What proxies say of themselves, in Kiali's form: `GET /api/namespaces/{namespace}/pods/{pod}/config_dump...` */

/** GET `.../config_dump/{resource}`: the table of that resource alone; empty for other ones. */
export interface ProxySummary {
  readonly clusters?: readonly ClusterRow[]
  readonly routes?: readonly RouteRow[]
  readonly listeners?: readonly ListenerRow[]
  /** `bootstrap`: Envoy's `BootstrapConfigDump`. */
  readonly bootstrap?: { readonly bootstrap: unknown }
}

/** A service, or with `complete_input` false a name that is none, whole in `service`. */
export interface ProxyHost {
  readonly service: string
  readonly namespace: string
  /** The domain, e.g. `svc.cluster.local`. */
  readonly cluster: string
  readonly complete_input: boolean
}

export interface ClusterRow {
  readonly service_fqdn: ProxyHost
  /** 0 for clusters that Istio did not name. */
  readonly port: number
  readonly subset: string
  /** `inbound`, `outbound` or ''. */
  readonly direction: string
  readonly type: string
  /** `<name>.<namespace>` or ''. */
  readonly destination_rule: string
}

export interface RouteRow {
  readonly name: string
  readonly domains: ProxyHost
  readonly match: string
  /** `<name>.<namespace>`, '' or `404`. */
  readonly virtual_service: string
}

export interface ListenerRow {
  readonly address: string
  readonly port: number
  readonly match: string
  readonly destination: string
}

/** GET `.../config_dump_ztunnel`. Lists that the ztunnel does not tell are null. */
export interface ZtunnelDocument {
  readonly certificates: readonly unknown[] | null
  readonly config: Readonly<Record<string, unknown>>
  readonly policies: readonly unknown[] | null
  readonly services: readonly unknown[] | null
  readonly workloads: readonly unknown[] | null
}
