/** Colours of the graph: the page's own custom properties, read anew when the theme switches. */
import type { HealthStatus } from '@binocle/api/health'

export interface Theme {
  readonly canvas: string
  readonly tile: string
  readonly frame: string
  readonly line: string
  readonly lineStrong: string
  readonly text: string
  readonly muted: string
  readonly accent: string
  readonly found: string
  readonly hatch: string
  readonly crossCluster: string
  readonly tcp: string
  readonly idle: string
  readonly health: Readonly<Record<HealthStatus, string>>
  /** Edges that are well stay in the background. */
  readonly healthyEdge: string
  /** One per tint of a cluster, for its name and frame. */
  readonly clusters: readonly string[]
  readonly font: string
}

/** Reads the theme as `element` sees it. */
export function readTheme(element: Element): Theme {
  const style = getComputedStyle(element)
  const of = (name: string, otherwise: string) => style.getPropertyValue(`--${name}`).trim() || otherwise
  return {
    canvas: of('bg', '#f3f5f8'),
    tile: of('surface', '#ffffff'),
    frame: of('surface', '#ffffff'),
    line: of('line', '#dce1e9'),
    lineStrong: of('line-strong', '#b9c2cf'),
    text: of('text', '#17202e'),
    muted: of('text-2', '#445064'),
    accent: of('focus', '#1b57e0'),
    found: of('graph-found', '#e0a100'),
    hatch: of('hatch', 'rgb(68 80 100 / 11%)'),
    crossCluster: of('cross', '#8a2f9c'),
    tcp: of('graph-tcp', '#5b8dc9'),
    idle: of('line-strong', '#b9c2cf'),
    health: {
      Failure: of('failure-fill', '#d62f35'),
      Degraded: of('degraded-fill', '#e39b0c'),
      'Not Ready': of('not-ready-fill', '#8260d6'),
      Healthy: of('healthy-fill', '#2c9a57'),
      NA: of('na-fill', '#98a3b3'),
    },
    healthyEdge: of('graph-healthy-edge', '#8fb3a0'),
    clusters: Array.from({ length: 8 }, (_, i) => of(`cluster-${i + 1}`, '#445064')),
    font: of('font', 'system-ui, sans-serif'),
  }
}
