import { once } from 'node:events'
import { get } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoScenario } from '../demo/demo.ts'
import { scenarioSeries } from '../metrics/scenarioSeries.ts'
import { topologyOf } from '../topology.ts'
import { type SimulatedPrometheus, startPrometheusApi } from './server.ts'

describe('the query API over HTTP', () => {
  const clock = () => Date.UTC(2026, 0, 1, 12)
  let server: SimulatedPrometheus
  beforeAll(async () => {
    const source = scenarioSeries(topologyOf(demoScenario()), { clock, historyS: 600, stepS: 15 })
    server = await startPrometheusApi({ source, clock })
  })
  afterAll(() => server.close())

  it('takes queries as forms and answers zipped', async () => {
    const answer = await fetch(`${server.url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: 'istio_requests_total' }),
      headers: { 'accept-encoding': 'gzip' },
    })
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    expect(await answer.json()).toMatchObject({ status: 'success', data: { resultType: 'vector' } })
  })

  it.each([
    ['/-/healthy', 200, 'Prometheus Server is Healthy.'],
    ['/-/ready', 200, 'Prometheus Server is Ready.'],
    ['/api/v1/status/buildinfo', 200, '"version":"2.42.0"'],
    ['/api/v1/status/runtimeinfo', 200, '"storageRetention"'],
    ['/api/v1/status/config', 200, 'scrape_interval: 15s'],
    ['/api/v1/status/flags', 200, '"storage.tsdb.retention.time"'],
    ['/api/v1/metadata?metric=istio_requests_total', 200, '"type":"counter"'],
    ['/api/v1/label/reporter/values', 200, '["destination","source"]'],
    ['/api/v1/query', 400, 'no expression found in input'],
    ['/api/v1/query_range?query=up&start=0&end=1&step=0', 400, 'zero or negative query resolution step'],
    ['/api/v1/query_range?query=up&start=0&end=90000000&step=1', 400, 'exceeded maximum resolution'],
    ['/api/v1/query?query=up&time=noon', 400, 'cannot parse \\"noon\\" to a valid timestamp'],
    ['/api/v1/series', 400, 'no match[] parameter provided'],
    ['/nowhere', 404, '404 page not found'],
  ])('answers %s with %i', async (path, status, text) => {
    const answer = await fetch(`${server.url}${path}`)
    expect(answer.status).toBe(status)
    expect(await answer.text()).toContain(text)
  })

  it('counts the requests by path', async () => {
    const before = server.requests()['/-/ready'] ?? 0
    await (await fetch(`${server.url}/-/ready`)).text()
    expect(server.requests()['/-/ready']).toBe(before + 1)
  })

  it('knows nothing when it is empty', async () => {
    await server.setFault('empty')
    const answer = await fetch(`${server.url}/api/v1/query?query=count(istio_requests_total)`)
    expect(await answer.json()).toEqual({ status: 'success', data: { resultType: 'vector', result: [] } })
    await server.setFault('none')
  })

  it('refuses connections while it is down, and comes back on its port', async () => {
    await server.setFault('down')
    const [refused] = await once(get({ port: server.port, host: '127.0.0.1', agent: false }), 'error')
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' })
    await server.setFault('none')
    expect((await fetch(`${server.url}/-/ready`)).status).toBe(200)
  })

  it.each([
    ['error', 503, '<h1>503 Service Unavailable</h1>'],
    ['garbage', 200, '{"status":"success","data":{"resultType":"vec'],
  ] as const)('answers as told when it is broken: %s', async (fault, status, text) => {
    await server.setFault(fault)
    const answer = await fetch(`${server.url}/api/v1/query?query=up`)
    expect([answer.status, await answer.text()]).toEqual([status, text])
    await server.setFault('none')
  })
})
