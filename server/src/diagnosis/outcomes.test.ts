import type { RightsRow } from '@binocle/api/diagnosis'
import { describe, expect, it } from 'vitest'
import { apiGroupsOutcome } from './apiGroups.ts'
import { certificatesOutcome } from './certificates.ts'
import { clockOutcome } from './clock.ts'
import type { IstiodPodFacts } from './istiod.ts'
import { namesOutcome } from './names.ts'
import { rightsOutcome } from './rights.ts'
import { telemetryOutcome } from './telemetry.ts'

const now = Date.parse('2026-06-01T12:00:00Z')
const minuteMs = 60_000
const dayMs = 86_400_000

describe('the clock', () => {
  it.each([
    ['the same second', 0, 'ok', 'Its clock agrees with ours.'],
    ['a date without its fraction', -900, 'ok', 'Its clock agrees with ours.'],
    ['four seconds ahead', 4_000, 'ok', 'Its clock agrees with ours.'],
    ['half a minute ahead', 30_000, 'warning', 'Its clock is 30 s ahead of ours.'],
    ['half a minute behind', -31_000, 'warning', 'Its clock is 30 s behind ours.'],
    ['an hour behind', -60 * minuteMs - 1_000, 'failed', 'Its clock is 1 h behind ours.'],
  ])('%s', (_what, offMs, state, found) => {
    expect(clockOutcome(now + offMs, now, now)).toMatchObject({ state, found })
  })

  it('agrees as long as the date may be of any moment between question and answer', () => {
    expect(clockOutcome(now + 9_000, now, now + 10_000).state).toBe('ok')
  })

  it('that is not told is unknown', () => {
    expect(clockOutcome(undefined, now, now).state).toBe('unknown')
  })
})

describe('the names of a cluster', () => {
  const istiod = (clusterId: string, external = false): IstiodPodFacts => ({
    namespace: 'istio-system',
    name: 'istiod-1',
    running: true,
    clusterId,
    external,
  })
  const outcome = (pods: readonly IstiodPodFacts[], telemetry?: readonly string[]) =>
    namesOutcome({ cluster: 'west', istiods: { pods, elsewhere: [] }, telemetry, clusters: ['east', 'west'] })

  it.each([
    ['kubeconfig and istiod agree', [istiod('west')], 'ok', 'Called west in the kubeconfig and by its istiod.'],
    ['nobody set CLUSTER_ID', [istiod('')], 'failed', 'Called west here, and Kubernetes by its istiod.'],
    ['istiod has another name', [istiod('zapad')], 'failed', 'Called west here, and zapad by its istiod.'],
    [
      'an external control plane has its own',
      [istiod('east', true)],
      'ok',
      'Called west in the kubeconfig. It hosts the control plane of east.',
    ],
    ['no istiod runs here', [], 'ok', 'Called west in the kubeconfig.'],
  ])('%s', (_what, pods, state, found) => {
    expect(outcome(pods)).toMatchObject({ state, found })
  })

  it('are in doubt when metrics name a stranger and not this cluster', () => {
    const { state, cause } = outcome([istiod('west')], ['east', 'wset', 'unknown'])
    expect(state).toBe('warning')
    expect(cause).toContain('Metrics name wset, which no cluster here is called')
  })

  it('are unknown when its istiods could not be looked for', () => {
    const outcome = namesOutcome({ cluster: 'west', istiods: undefined, telemetry: ['west'], clusters: ['west'] })
    expect(outcome.state).toBe('unknown')
  })

  it('are not in doubt when metrics only lack it', () => {
    expect(outcome([istiod('west')], ['east']).state).toBe('ok')
  })
})

describe('what expires', () => {
  const ends = (what: string, days: number) => ({ what, expiresAtMs: now + days * dayMs, soonMs: 14 * dayMs })

  it('is well while it is far away, and says what comes first', () => {
    const outcome = certificatesOutcome([ends('the CA', 300), ends('our token', 60)], now)
    expect(outcome).toMatchObject({ state: 'ok', found: 'The first to expire is our token, in 60 d.' })
  })

  it('soon is a warning, with the date', () => {
    const outcome = certificatesOutcome([ends('the CA', 300), ends('our token', 13)], now)
    expect(outcome).toMatchObject({
      state: 'warning',
      cause: 'Our token expires in 13 d (2026-06-14 12:00 UTC).',
    })
  })

  it('and is over comes first', () => {
    const outcome = certificatesOutcome([ends('our token', 13), ends('the CA', -1)], now)
    expect(outcome.state).toBe('failed')
    expect(outcome.findings?.map(({ state }) => state)).toEqual(['failed', 'warning'])
    expect(outcome.cause).toBe('The CA expired 24 h ago (2026-05-31 12:00 UTC).')
  })

  it('may be nothing', () => {
    expect(certificatesOutcome([], now).state).toBe('ok')
  })
})

describe('telemetry', () => {
  const seen = (...entries: [string, number][]) => ({ lastSeenMs: new Map(entries) })

  it.each([
    ['fresh', seen(['west', now - 20_000]), 'ok', 'Its newest metric is 20 s old.'],
    ['old', seen(['west', now - 10 * minuteMs]), 'warning', 'Its newest metric is 10 min old.'],
    ['of others only', seen(['east', now]), 'warning', 'No metric names west.'],
    ['not asked for', undefined, 'skipped', 'Not looked at.'],
  ])('%s', (_what, facts, state, found) => {
    expect(telemetryOutcome('west', facts, now)).toMatchObject({ state, found })
  })

  it('that cannot be had says why', () => {
    const problem = { code: 'BIN-PROMETHEUS-EMPTY', message: 'It knows no Istio metric.', remedy: 'Scrape.' }
    expect(telemetryOutcome('west', { lastSeenMs: new Map(), problem }, now)).toMatchObject({
      state: 'failed',
      code: 'BIN-PROMETHEUS-EMPTY',
      cause: 'It knows no Istio metric.',
      remedy: 'Scrape.',
    })
  })
})

describe('rights', () => {
  const row = (change: Partial<RightsRow>): RightsRow => ({
    group: '',
    resource: 'pods',
    purpose: 'workloads',
    need: 'needed',
    allowed: [],
    denied: [],
    unknown: [],
    ...change,
  })

  it.each([
    ['all are granted', [row({ allowed: ['get', 'list'] })], 'ok'],
    ['one that is needed is denied', [row({ allowed: ['get'], denied: ['list'] })], 'failed'],
    ['one that is wanted is denied', [row({ need: 'wanted', denied: ['list'] })], 'warning'],
    ['one for changes is denied', [row({ need: 'edit', denied: ['patch'] })], 'warning'],
    ['one was not answered', [row({ unknown: ['get'] })], 'unknown'],
    ['one is of a kind that is not served', [row({ allowed: ['get'] }), row({ notServed: true })], 'ok'],
    [
      'ports can be forwarded one way',
      [row({ resource: 'pods/portforward', need: 'wanted', allowed: ['create'], denied: ['get'] })],
      'ok',
    ],
  ])('%s', (_what, rows, state) => {
    expect(rightsOutcome(rows).state).toBe(state)
  })

  it('to act as people are asked for with their own flag', () => {
    const { remedy, state } = rightsOutcome([row({ resource: 'users', denied: ['impersonate'] })])
    expect([state, remedy?.includes('--impersonate')]).toEqual(['failed', true])
    expect(rightsOutcome([row({ denied: ['list'] })]).remedy).not.toContain('--impersonate')
  })

  it('name the worst first', () => {
    const { findings } = rightsOutcome([
      row({ need: 'wanted', resource: 'nodes', denied: ['list'], purpose: 'locality' }),
      row({ group: 'apps', resource: 'deployments', denied: ['get', 'list'] }),
    ])
    expect(findings?.map(({ text }) => text)).toEqual(['get, list deployments.apps: workloads', 'list nodes: locality'])
  })
})

describe('API groups', () => {
  const groups = (entries: Record<string, string[]>) => ({
    kubernetesVersion: 'v1.34.4',
    groups: new Map(Object.entries(entries)),
  })

  it.each([
    ['a whole mesh', { apps: ['v1'], 'networking.istio.io': ['v1'], 'gateway.networking.k8s.io': ['v1'] }, 'ok'],
    ['no CRDs of Istio', { apps: ['v1'] }, 'warning'],
    ['not Kubernetes', { 'metrics.k8s.io': ['v1'] }, 'failed'],
    ['Istio in versions of the future only', { apps: ['v1'], 'networking.istio.io': ['v9'] }, 'warning'],
  ])('%s', (_what, served, state) => {
    expect(apiGroupsOutcome(groups(served)).state).toBe(state)
  })
})
