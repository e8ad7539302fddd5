/** The four cards of Kiali's overview: what stands out in the whole mesh, of what the viewer sees (reference: api.md 8). */

import type { HealthStatus } from '@binocle/api/health'
import type { NamespaceRef } from '@binocle/api/identity'
import { lastValue, unknown } from '@binocle/api/known'
import type { AppRates, ServiceLatency, ServiceRates, ServiceThroughput } from '@binocle/api/metrics'
import type { Problem } from '@binocle/api/problem'
import type { Scope } from '../access/scope.ts'
import { namespaceFacts } from '../catalog/namespaceFacts.ts'
import { visibleClusters, visibleNamespaces } from '../catalog/visible.ts'
import { BinocleError } from '../errors.ts'
import { failedRate } from '../health/errors.ts'
import { type NamespaceHealths, namespaceHealths } from '../health/namespaceHealth.ts'
import { totalRate } from '../health/status.ts'
import type { Mesh } from '../model.ts'
import type { ServiceFigure } from '../telemetry/traffic.ts'

/** Rows of a card of services. */
const shown = 6

/** Highest 95th percentile first. Throws BIN-PROMETHEUS-*. */
export async function serviceLatency(mesh: Mesh, scope: Scope): Promise<readonly ServiceLatency[]> {
  const rows = await highestLatencies(mesh, scope)
  return rows.map(({ value, ...at }) => ({ ...rowOf(mesh, at), latency: Math.round(value * 1000) / 1000 }))
}

/** Most bytes per second first. Throws BIN-PROMETHEUS-*. */
export function serviceThroughput(mesh: Mesh, scope: Scope): readonly ServiceThroughput[] {
  return highestThroughputs(mesh, scope).map(({ value, ...at }) => ({ ...rowOf(mesh, at), tcpRate: value }))
}

/** Worst first; null: nothing has traffic. */
export function serviceRates(mesh: Mesh, scope: Scope): readonly ServiceRates[] | null {
  const rows = places(mesh, scope).flatMap(({ services }) => services)
  rows.sort((a, b) => b.errorRate - a.errorRate || b.requestRate - a.requestRate)
  return rows.length === 0 ? null : rows.slice(0, shown)
}

/** All with traffic, the busiest first; null: none has. */
export function appRates(mesh: Mesh, scope: Scope): readonly AppRates[] | null {
  const rows = places(mesh, scope).flatMap(({ apps }) => apps)
  rows.sort((a, b) => b.requestRateIn + b.requestRateOut - (a.requestRateIn + a.requestRateOut))
  return rows.length === 0 ? null : rows
}

interface PlaceRates {
  readonly services: readonly ServiceRates[]
  readonly apps: readonly AppRates[]
}

/** As long as nothing changes in a namespace and in its traffic, its health is the same object. */
const kept = new WeakMap<NamespaceHealths, PlaceRates>()

const places = (mesh: Mesh, scope: Scope): readonly PlaceRates[] =>
  visibleClusters(mesh, scope).flatMap((cluster) =>
    visibleNamespaces(mesh, scope, cluster).map(({ name }) => {
      const at = { cluster, namespace: name }
      const healths = namespaceHealths(mesh, at, 'listed')
      const known = kept.get(healths) ?? ratesAt(mesh, at, healths)
      kept.set(healths, known)
      return known
    }),
  )

function ratesAt(mesh: Mesh, { cluster, namespace }: NamespaceRef, healths: NamespaceHealths): PlaceRates {
  const facts = namespaceFacts(mesh, { cluster, namespace })
  const services = facts.services.flatMap(({ name: serviceName }): ServiceRates[] => {
    const { requests, status } = healths.service(serviceName)
    const requestRate = totalRate(requests.inbound)
    if (requestRate <= 0) return []
    const errorRate = failedRate(requests.inbound ?? {}) / requestRate
    return [{ cluster, namespace, serviceName, ...told(status), errorRate, requestRate }]
  })
  const apps = [...facts.apps.keys()].flatMap((appName): AppRates[] => {
    const { requests, status } = healths.app(appName)
    const [requestRateIn, requestRateOut] = [totalRate(requests.inbound), totalRate(requests.outbound)]
    if (requestRateIn + requestRateOut <= 0) return []
    return [{ appName, cluster, namespace, ...told(status), requestRateIn, requestRateOut }]
  })
  return { services, apps }
}

const told = (status: { readonly status: HealthStatus } | undefined) =>
  status === undefined ? {} : { healthStatus: status.status }

/** One question for the whole mesh serves everybody; who sees less is shown the highest of what he sees. */
async function highestLatencies({ traffic }: Mesh, scope: Scope): Promise<readonly ServiceFigure[]> {
  const figures = (await traffic.latencies?.()) ?? unknown(noPrometheus)
  if (figures.state === 'unknown') throw unavailable(figures.cause)
  return highest(figures.value, scope)
}

function highestThroughputs({ traffic }: Mesh, scope: Scope): readonly ServiceFigure[] {
  const current = traffic.current()
  const snapshot = lastValue(current)
  if (snapshot === undefined) throw unavailable(current.state === 'known' ? noPrometheus : current.cause)
  const byService = new Map<string, ServiceFigure>()
  for (const { pair, rate, reporter } of snapshot.families.tcpSent) {
    if (reporter !== 'destination') continue
    const { destination, serviceName: name = '', serviceNamespace: namespace = '' } = pair
    const { cluster = '' } = destination
    const key = `${cluster}/${namespace}/${name}`
    byService.set(key, { cluster, namespace, name, value: rate + (byService.get(key)?.value ?? 0) })
  }
  return highest([...byService.values()], scope)
}

const highest = (figures: readonly ServiceFigure[], scope: Scope): readonly ServiceFigure[] =>
  figures
    .filter((at) => scope.sees(at) === 'yes')
    .sort((a, b) => b.value - a.value)
    .slice(0, shown)

const noPrometheus: Problem = { code: 'BIN-PROMETHEUS-DISABLED', message: 'No Prometheus is configured.' }

const unavailable = ({ message, remedy }: Problem): BinocleError =>
  new BinocleError('BIN-PROMETHEUS-UNREACHABLE', message, remedy === undefined ? {} : { remedy })

function rowOf(mesh: Mesh, { cluster, namespace, name }: Omit<ServiceFigure, 'value'>) {
  const known = mesh.inventory.get('services', { cluster, namespace }, name) !== undefined
  const status = known ? namespaceHealths(mesh, { cluster, namespace }, 'listed').service(name).status : undefined
  return {
    cluster,
    namespace,
    serviceName: name,
    ...told(status),
  }
}
