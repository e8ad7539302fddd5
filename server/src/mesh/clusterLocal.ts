/**
 * Whether a host is cluster-local: a caller reaches only the endpoints of its own cluster. Each control plane decides it
 * for itself from `meshConfig.serviceSettings` (reference: multicluster.md 18.3).
 */
import type { ServiceSetting } from './meshConfig.ts'

export interface Locality {
  readonly clusterLocal: boolean
  /** The pattern that decided; undefined when none speaks of the host. */
  readonly decidedBy?: string
}

/**
 * Decides for `host`, a full name such as `cart.shop.svc.cluster.local`. `domain` is the identity domain,
 * `svc.cluster.local`. Of several patterns the most specific one decides. `discoveryHost`: istiod's own, which is local by
 * default; '' = not known.
 */
export function clusterLocality(
  host: string,
  settings: readonly ServiceSetting[],
  domain: string,
  discoveryHost = '',
): Locality {
  let decider: Rule | undefined
  for (const rule of rulesOf(settings, domain, discoveryHost)) {
    if (!covers(rule.pattern, host)) continue
    if (decider === undefined || weight(rule.pattern) > weight(decider.pattern)) decider = rule
  }
  return decider === undefined
    ? { clusterLocal: false }
    : { clusterLocal: decider.clusterLocal, decidedBy: decider.pattern }
}

interface Rule {
  readonly pattern: string
  readonly clusterLocal: boolean
}

interface Made {
  readonly domain: string
  readonly discoveryHost: string
  readonly rules: readonly Rule[]
}

const made = new WeakMap<readonly ServiceSetting[], Made>()

/** Settings are asked about every service of a cluster; their rules are made once. */
function rulesOf(settings: readonly ServiceSetting[], domain: string, discoveryHost: string): readonly Rule[] {
  const last = made.get(settings)
  if (last?.domain === domain && last.discoveryHost === discoveryHost) return last.rules
  const rules = makeRules(settings, domain, discoveryHost)
  made.set(settings, { domain, discoveryHost, rules })
  return rules
}

/** What is stated, after those of Istio's defaults that no statement sets free. */
function makeRules(settings: readonly ServiceSetting[], domain: string, discoveryHost: string): readonly Rule[] {
  const stated = settings.flatMap(({ clusterLocal, hosts }) => hosts.map((pattern) => ({ pattern, clusterLocal })))
  const freed = stated.filter(({ clusterLocal }) => !clusterLocal).map(({ pattern }) => pattern)
  const discovery = discoveryHost === '' ? [] : [discoveryHost]
  const defaults = [`*.kube-system.${domain}`, `kubernetes.default.${domain}`, ...discovery].filter(
    (byDefault) => !freed.some((pattern) => pattern === byDefault || covers(byDefault, pattern)),
  )
  return [...defaults.map((pattern) => ({ pattern, clusterLocal: true })), ...stated]
}

const covers = (pattern: string, host: string): boolean =>
  pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : pattern === host

/** Exact beats wildcard, longer beats shorter. */
const weight = (pattern: string): number => (pattern.startsWith('*.') ? pattern.length : Number.MAX_SAFE_INTEGER)
