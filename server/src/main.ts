/**
 * The composition root: the only place that knows everything. Listens first, then reaches for clusters and Prometheus:
 * nothing it waits for can keep the console from answering.
 */
import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import { lastValue } from '@binocle/api/known'
import { createAudit, noAudit } from './audit.ts'
import { credentialKeys } from './clusters/credentialKey.ts'
import { askHome } from './clusters/homeApi.ts'
import { startClusters } from './clusters/start.ts'
import type { Config } from './config/config.ts'
import { insecurities, refuseUnverifiedTls } from './config/insecure.ts'
import { createDiagnoses } from './diagnosis/diagnoses.ts'
import { diagnosisTarget } from './diagnosis/target.ts'
import { BinocleError } from './errors.ts'
import { matrixOf } from './health/matrix.ts'
import { type Certificate, certificateOf } from './http/certificate.ts'
import { createExternal } from './http/external.ts'
import { gatesOf } from './http/gates/gates.ts'
import { listenForMetrics } from './http/metricsListener.ts'
import { allRoutes } from './http/routes/all.ts'
import type { Build } from './http/routes/basic.ts'
import { createServer } from './http/server.ts'
import { createInventory } from './inventory/live.ts'
import { startIstiods } from './istiod/start.ts'
import type { KubeApi } from './kube/api.ts'
import { type Log, realTimers, type Surroundings } from './kube/surroundings.ts'
import type { Clock, Mesh } from './model.ts'
import { layDownTls } from './outbound/layDownTls.ts'
import { type Outbound, openOutbound } from './outbound/outbound.ts'
import { createPacer } from './outbound/pacer.ts'
import type { ServiceClient } from './outbound/serviceClient.ts'
import { ownMetrics } from './ownMetrics.ts'
import { changesOf, nobody, rightsOf, startPeople } from './people.ts'
import { createProxyAdmin } from './proxies/admin.ts'
import { redactedLog } from './redact.ts'
import { watchPrometheus } from './status/aboutPrometheus.ts'
import { connectPrometheus } from './telemetry/prometheus.ts'
import { createSeriesSource } from './telemetry/series.ts'
import { startTrafficSource } from './telemetry/source.ts'
import { validationDocuments } from './validation/documents.ts'
import { startEngine } from './validation/engine.ts'

export interface StartOptions {
  readonly log?: Log
  /** The built page; undefined = API only. */
  readonly webDir?: string
  readonly clock?: Clock
  readonly build?: Build
  /** Where lines of the audit go; absent = nowhere. */
  readonly auditLine?: (line: string) => void
}

export interface RunningServer {
  /** With the web root and a final slash. */
  readonly url: string
  readonly port: number
  readonly mesh: Mesh
  /** Whether every istiod that is known has been asked. */
  readonly istiodSettled: () => boolean
  /** Whether all configuration that is known has been judged. */
  readonly validated: () => boolean
  close(): Promise<void>
}

/** Width of the grid on which "now" lies: viewers of the same seconds share one answer of Prometheus. */
const gridS = 15

/** Throws BIN-PORT-TAKEN, or what is wrong with a file that the configuration names; nothing is left running then. */
export async function startServer(config: Config, options: StartOptions = {}): Promise<RunningServer> {
  const started: Closing[] = []
  const close = async (): Promise<void> => {
    for (const closing of started.splice(0).reverse()) await closing()
  }
  try {
    return { ...(await start(config, options, started)), close }
  } catch (error) {
    await close()
    throw error
  }
}

type Closing = () => unknown

/** What it starts it adds to `started`, with how it is ended: the last one first. */
async function start(config: Config, options: StartOptions, started: Closing[]): Promise<Omit<RunningServer, 'close'>> {
  refuseUnverifiedTls(process.env)
  const log = redactedLog(options.log ?? (() => {}))
  const clock = options.clock ?? Date.now
  const later = (callback: () => void, delayMs: number) => realTimers.after(delayMs, callback)
  const report = (error: unknown, route = ''): void =>
    log('error', 'defect', { route, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })

  const external = createExternal(config.server)
  const audit =
    config.server.auditLog === false
      ? noAudit
      : createAudit({ strategy: config.auth.strategy, write: options.auditLine ?? (() => {}), external, clock })

  const inventory = createInventory(report)
  let onQuery: () => void = () => {}
  const surroundings: Surroundings = { clock, random: Math.random, timers: realTimers, log }
  for (const problem of insecurities(config)) log('warn', 'a protection is switched off', { ...problem })
  const restoreTls = await layDownTls(config.outbound, () => askHome(config, surroundings, tlsProfile, 10_000), log)
  started.push(restoreTls)
  let onRotation: (path: string) => void = () => {}
  const outbound = openOutbound(config.outbound, surroundings, ({ kind, outcome, path }) => {
    audit.record({
      type: 'rotation',
      outcome: outcome === 'failed' ? 'failure' : 'success',
      verb: 'rotate',
      reason: kind,
      path,
    })
    onRotation(path)
  })
  started.push(outbound.close)
  const reachPrometheus = (connections: number): ServiceClient | undefined =>
    config.prometheus.enabled ? outbound.service(config.prometheus, connections) : undefined
  const queried = reachPrometheus(8)
  const prometheus = queried && connectPrometheus(config.prometheus, queried, () => onQuery())
  started.push(() => prometheus?.close())
  const traffic = startTrafficSource(prometheus, {
    queryScope: config.prometheus.queryScope,
    clock,
    gridS,
    healthDurationS: config.health.durationS,
    refreshIntervalS: config.health.refreshIntervalS,
    later,
  })
  started.push(traffic.close)
  const aboutPrometheus = watchPrometheus(config.prometheus, reachPrometheus(4), later)
  started.push(aboutPrometheus.close)
  const pacer = createPacer()
  const clusters = startClusters(config, inventory, surroundings, pacer)
  started.push(clusters.close)
  const stopSeeing = traffic.onRefresh(() => {
    const snapshot = lastValue(traffic.current())
    if (snapshot !== undefined) clusters.seenInTelemetry(matrixOf(snapshot).clusters)
  })
  started.push(stopSeeing)
  const istiods = startIstiods(config.istio, clusters, inventory, surroundings, pacer)
  started.push(istiods.close)
  const validations = startEngine({ inventory, config, defer: pacer.spare, nowMs: () => performance.now() })
  started.push(validations.close)
  clusters.onChange(validations.wake)
  const keyOf = credentialKeys(randomBytes(32))
  const mesh: Mesh = {
    config,
    clusters,
    inventory,
    traffic,
    clock,
    istiod: istiods.proxies,
    validations: validationDocuments(validations, inventory),
    rights: rightsOf(clusters, keyOf, clock),
    change: changesOf(clusters),
    series: createSeriesSource(prometheus, config.prometheus.queryScope),
    istiodFacts: istiods.facts,
  }
  const metrics = ownMetrics(mesh)
  started.push(metrics.close)
  onQuery = metrics.asked
  const diagnoses = createDiagnoses((name) => diagnosisTarget(mesh, clusters, name), { clock, timers: realTimers })

  const people = await startPeople({
    mesh,
    clusters,
    outbound,
    external,
    audit,
    keyOf,
    surroundings,
    later,
    started: (closing) => started.push(closing),
  })

  const certificate = certificateIn(config, outbound)
  const gates = gatesOf(config, { audit, external, nowMs: () => performance.now() })
  const routes = gates.guard(
    allRoutes({
      mesh,
      strategy: people.strategy,
      build: options.build ?? unknownBuild,
      prometheus: aboutPrometheus.current,
      istiodAnswers: istiods.answers,
      diagnoses,
      proxies: createProxyAdmin(clusters, pacer),
      metrics,
      later,
      audit,
    }),
  )
  const app = createServer({
    config: config.server,
    routes,
    gates: gates.gates,
    checks: gates.checks,
    keepsImpersonation: config.auth.strategy === 'header',
    ...(certificate ? { certificate } : {}),
    forget: people.forget,
    viewerOf: people.viewerOf,
    ...(people.strategy.page === undefined ? {} : { beforePage: people.strategy.page }),
    nobody,
    webDir: options.webDir,
    onError: report,
    onAnswer: metrics.answered,
  })
  let metricsServer: Server | undefined
  started.push(() => Promise.all([app.close(), closed(metricsServer)]))
  onRotation = (path) => {
    if (!certificate?.files.includes(path)) return
    try {
      certificate.reload(app.server)
      if (metricsServer) certificate.reload(metricsServer)
    } catch (error) {
      // The other of the two may still be on its way.
      log('warn', 'the new certificate is not used yet', { path, error })
    }
  }
  try {
    await app.listen({ host: config.server.address, port: config.server.port })
    metrics.listening()
    metricsServer = await listenForMetrics(config.server, metrics, certificate)
  } catch (error) {
    throw portTaken(error, config.server)
  }
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : config.server.port
  return {
    url: `${certificate ? 'https' : 'http'}://${hostOf(config.server.address)}:${port}${config.server.webRoot}/`,
    port,
    mesh,
    istiodSettled: istiods.settled,
    validated: validations.settled,
  }
}

/** Of an OpenShift. */
const tlsProfile = (api: KubeApi): Promise<unknown> => api.get('/apis/config.openshift.io/v1/apiservers/cluster')

const unknownBuild: Build = { containerVersion: 'unknown', commit: 'unknown' }

/** What a browser on this machine can open. */
const hostOf = (address: string): string => {
  if (address === '' || address === '0.0.0.0' || address === '::') return '127.0.0.1'
  return address.includes(':') ? `[${address}]` : address
}

const certificateIn = ({ server: { tls } }: Config, { files }: Outbound): Certificate | undefined =>
  tls && certificateOf(tls, (path, kind) => files.text(path, kind === 'key' ? 'credential' : 'ca_bundle'))

const closed = (server: Server | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (!server) return resolve()
    server.close(() => resolve())
    server.closeAllConnections()
  })

function portTaken(error: unknown, { address, port, metricsPort }: Config['server']): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') return error
  const taken = 'port' in error && error.port === metricsPort ? metricsPort : port
  return new BinocleError('BIN-PORT-TAKEN', `Port ${taken} of ${address} is taken by another process.`, {
    remedy: 'Stop that process, or choose another port with --port.',
    cause: error,
  })
}
