import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { controlHelp } from './control.ts'
import { demoScenario } from './demo/demo.ts'
import { type SimulatedMesh, startMesh } from './start.ts'

describe('a started mesh', () => {
  let mesh: SimulatedMesh
  beforeAll(async () => {
    mesh = await startMesh({ scenario: demoScenario() })
  })
  afterAll(() => mesh.close())

  const control = async (method: string, path: string) => {
    const answer = await fetch(`${mesh.control.url}${path}`, { method })
    return { status: answer.status, body: await answer.text() }
  }
  const traffic = async () => {
    const body = new URLSearchParams({ query: 'count(rate(istio_requests_total[10m]) > 0)' })
    const answer = await fetch(`${mesh.prometheus.url}/api/v1/query`, { method: 'POST', body })
    return await answer.text()
  }

  it('has an API server for each cluster and one kubeconfig for all', () => {
    expect([...mesh.clusters.keys()]).toEqual(['east', 'west'])
    expect(mesh.kubeconfig).toContain('name: west')
  })

  it('has ten minutes of traffic at once', async () => {
    expect(JSON.parse(await traffic())).toMatchObject({ status: 'success', data: { resultType: 'vector' } })
  })

  it('takes a cluster down and up again on command', async () => {
    expect((await control('POST', '/clusters/west/down')).status).toBe(200)
    expect(mesh.clusters.get('west')?.faults.state.connection).toBe('down')
    expect((await control('POST', '/clusters/west/heal')).status).toBe(200)
    expect(mesh.clusters.get('west')?.faults.state.connection).toBe('ok')
  })

  it('lets Prometheus show a login page on command', async () => {
    await control('POST', '/prometheus/html')
    expect(await traffic()).toContain('<!doctype html>')
    await control('POST', '/prometheus/up')
    expect(await traffic()).toContain('success')
  })

  it('drops connections to Prometheus on command', async () => {
    await control('POST', '/prometheus/down')
    await expect(traffic()).rejects.toThrow()
    await control('POST', '/prometheus/up')
  })

  it('says what may be asked when something else was', async () => {
    const { status, body } = await control('POST', '/clusters/north/down')
    expect(status).toBe(404)
    expect(body).toContain('east|west')
  })

  it('explains its control to whoever opens it', async () => {
    const { status, body } = await control('GET', '/')
    expect(status).toBe(200)
    expect(body).toContain(`curl -X POST ${mesh.control.url}/prometheus/ACTION`)
  })

  it('shows its series as a scrape target', async () => {
    expect((await control('GET', '/metrics')).body).toContain(
      '# TYPE istio_requests_total counter\nistio_requests_total{',
    )
  })

  it('prints how to control it', () => {
    expect(controlHelp('http://127.0.0.1:1', ['east', 'west'])).toContain(
      'curl -X POST http://127.0.0.1:1/clusters/west/',
    )
  })
})
