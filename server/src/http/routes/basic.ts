/** Routes about the console itself: health, status, configuration. */
import type { Mesh } from '../../model.ts'
import type { AboutPrometheus } from '../../status/aboutPrometheus.ts'
import { disabledFeatures } from '../../status/disabledFeatures.ts'
import { serverConfig } from '../../status/serverConfig.ts'
import { statusInfo } from '../../status/status.ts'
import { empty, json, type Route, type Request as RouteRequest } from '../route.ts'

export interface Build {
  readonly containerVersion: string
  readonly commit: string
}

export function basicRoutes(mesh: Mesh, build: Build, prometheus: () => AboutPrometheus): readonly Route[] {
  const status = ({ viewer }: RouteRequest) => json(statusInfo(mesh, viewer.scope, build, prometheus().version))
  return [
    { method: 'GET', path: '/healthz', auth: 'none', handle: () => empty(200) },
    mesh.config.server.requireAuth === true
      ? { method: 'GET', path: '/api', handle: status }
      : {
          method: 'GET',
          path: '/api',
          auth: 'optional',
          handle: (request) => (request.viewer.login === undefined ? json(running) : status(request)),
        },
    { method: 'GET', path: '/api/status', handle: status },
    {
      method: 'GET',
      path: '/api/config',
      handle: ({ viewer }) => json(serverConfig(mesh, viewer.scope, prometheus())),
    },
    { method: 'GET', path: '/api/config/disabled', handle: () => json(disabledFeatures(prometheus().metrics)) },
    // The name of older versions, which the Backstage plugin still asks for.
    { method: 'GET', path: '/api/crippled', handle: () => json(disabledFeatures(prometheus().metrics)) },
    // Links to services that are not configured: Kiali's clients read 204 as "no links".
    { method: 'GET', path: '/api/grafana', handle: () => empty(204, 'application/json') },
    { method: 'GET', path: '/api/perses', handle: () => empty(204, 'application/json') },
    { method: 'GET', path: '/api/tracing', handle: () => json(noTracing) },
    { method: 'GET', path: '/api/tracing/diagnose', handle: () => json(noDiagnosis) },
  ]
}

/** All that whoever has not logged in learns of the console. */
const running = { status: { 'Kiali state': 'running' } }

/** GET /api/tracing while no trace store is configured. */
const noTracing = {
  enabled: false,
  integration: false,
  internalURL: '',
  provider: '',
  tempoConfig: {},
  url: '',
  namespaceSelector: false,
  useWaypointName: false,
  whiteListIstioSystem: null,
}

const noDiagnosis = { code: 0, logLine: null, message: 'tracing is not enabled', validConfig: null }
