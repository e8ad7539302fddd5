import type { PodDocument } from '@binocle/api/catalog'
import { describe, expect, it } from 'vitest'
import { isWell, proxyWords, readyContainers } from './related.ts'

const container = (isReady: boolean) => ({ name: 'app', image: 'i', isProxy: false, isReady, isAmbient: false })

const pod = (more: Partial<PodDocument>): PodDocument => ({
  name: 'cart-v1-1',
  labels: null,
  createdAt: '',
  createdBy: null,
  containers: [container(true)],
  istioContainers: [container(true)],
  istioInitContainers: null,
  status: 'Running',
  statusMessage: '',
  statusReason: '',
  appLabel: true,
  versionLabel: true,
  annotations: null,
  protocol: '',
  proxyStatus: null,
  serviceAccountName: 'cart',
  ...more,
})

describe('pods', () => {
  it.each([
    ['running and ready', {}, true],
    ['pending', { status: 'Pending' }, false],
    ['its proxy is not ready', { istioContainers: [container(false)] }, false],
  ])('%s', (_why, more, expected) => {
    expect(isWell(pod(more))).toBe(expected)
  })

  it('counts the proxy among the containers', () => {
    expect(readyContainers(pod({ containers: [container(false)] }))).toBe('1 of 2')
  })

  it.each([
    ['nobody asked istiod', null, 'unknown'],
    ['all in step', { CDS: 'Synced', EDS: 'IGNORED', LDS: 'Synced', RDS: 'Synced' }, 'synced'],
    ['one behind', { CDS: 'Synced', EDS: 'Stale', LDS: 'Synced', RDS: 'Synced' }, 'EDS stale'],
  ])('proxy: %s', (_why, proxyStatus, expected) => {
    expect(proxyWords(pod({ proxyStatus }))).toBe(expected)
  })
})
