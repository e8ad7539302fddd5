import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonOf, prometheusApi } from '../prometheus/api.ts'
import { loadRecording } from './load.ts'

/** A mesh of one cluster with one pod, one VirtualService in two versions, and one series of 2 requests per second. */
const CLUSTER = {
  cluster: 'north',
  version: { gitVersion: 'v1.34.0' },
  apiGroups: { groups: [{ name: 'networking.istio.io', preferredVersion: { version: 'v1' } }] },
  apiResources: { v1: { resources: [] } },
  lists: {
    'networking.istio.io/v1beta1/virtualservices': listOf('VirtualServiceList', { name: 'cart', namespace: 'shop' }),
    'networking.istio.io/v1/virtualservices': listOf('VirtualServiceList', { name: 'cart', namespace: 'shop' }),
    'v1/pods': listOf('PodList', {
      name: 'istiod-1',
      namespace: 'istio-system',
      labels: { app: 'istiod', 'istio.io/rev': 'default' },
    }),
  },
}
const METRICS = {
  t0: 1_000_000,
  end: 1_003_600,
  step: 15,
  series: [{ l: { __name__: 'calls_total', app: 'cart' }, s: 500, r: 2 }],
}

function listOf(kind: string, metadata: object) {
  return { kind, items: [{ metadata }] }
}

describe('a recording', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'binocle-recording-'))
    await mkdir(join(folder, 'clusters'))
    await mkdir(join(folder, 'istiod', 'north'), { recursive: true })
    await writeFile(join(folder, 'clusters', 'north.json.gz'), gzipSync(JSON.stringify(CLUSTER)))
    await writeFile(join(folder, 'metrics.json.gz'), gzipSync(JSON.stringify(METRICS)))
    await writeFile(join(folder, 'istiod', 'north', 'syncz.json'), '[{"proxy":"cart-1.shop"}]')
    await writeFile(join(folder, 'istiod', 'north', 'version.json'), '1.30.1')
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const rate = (source: Parameters<typeof prometheusApi>[0], timeS: number) => {
    const params = new URLSearchParams({ query: 'rate(calls_total[5m])', time: String(timeS) })
    return jsonOf(prometheusApi(source, () => 0)('/api/v1/query', params).body).toString()
  }

  it('has each object once, in the preferred version, with its kind', async () => {
    const { clusters } = await loadRecording(folder)
    expect(clusters[0]?.objects.map(({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata.name])).toEqual([
      ['networking.istio.io/v1', 'VirtualService', 'cart'],
      ['v1', 'Pod', 'istiod-1'],
    ])
  })

  it('has the recorded rates at the recorded time', async () => {
    const { series } = await loadRecording(folder)
    expect(rate(series, 1_003_600)).toContain('"value":[1003600,"2"]')
    expect(rate(series, 1_013_600)).toContain('"result":[]')
  })

  it('can be shifted in time', async () => {
    const { series, t0, end } = await loadRecording(folder, { shiftS: 10_000 })
    expect([t0, end]).toEqual([1_010_000, 1_013_600])
    expect(rate(series, 1_013_600)).toContain('"2"')
  })

  it('can end now and go on', async () => {
    let nowMs = 2_000_000_000
    const { series } = await loadRecording(folder, { live: () => nowMs })
    expect(rate(series, 2_000_000)).toContain('"2"')
    nowMs += 3_600_000
    expect(rate(series, 2_003_600)).toContain('"2"')
  })

  it('has the answers of istiod by path', async () => {
    const { istiods } = await loadRecording(folder)
    expect([...(istiods.get('north') ?? [])].sort()).toEqual([
      ['/debug/syncz', '[{"proxy":"cart-1.shop"}]'],
      ['/version', '1.30.1'],
    ])
  })

  it('has what proxies said where an answer hands it over whole', async () => {
    const path = '/api/namespaces/shop/pods/cart-1/config_dump'
    const requests = [
      { status: 200, file: '1.json.gz', path: `${path}?clusterName=north` },
      { status: 200, file: '2.json', path: `${path}/clusters?clusterName=north` },
      { status: 500, file: '3.json', path: `${path.replace('cart', 'bare')}?clusterName=north` },
      { status: 200, file: '4.json', path: '/api/namespaces/shop/pods/cart-1/logging?clusterName=north&level=debug' },
    ]
    await mkdir(join(folder, 'answers'))
    await writeFile(join(folder, 'answers', 'index.json'), JSON.stringify({ requests }))
    await writeFile(
      join(folder, 'answers', '1.json.gz'),
      gzipSync(JSON.stringify({ body: { config_dump: { configs: [] } } })),
    )
    const { proxies } = await loadRecording(folder)
    expect([...proxies].map(([pod, said]) => [pod, Object.fromEntries(said)])).toEqual([
      ['north/shop/cart-1', { 'GET /config_dump': '{"configs":[]}', 'POST /logging': '' }],
    ])
  })

  it('names the file that is no recording', async () => {
    await writeFile(join(folder, 'clusters', 'zero.json'), '{}')
    await expect(loadRecording(folder)).rejects.toThrow(/zero\.json is not a recorded cluster/)
    await rm(join(folder, 'clusters', 'zero.json'))
  })
})
