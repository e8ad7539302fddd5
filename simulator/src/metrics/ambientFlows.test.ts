import { describe, expect, it } from 'vitest'
import { modelNamed } from '../models/models.ts'
import { topologyOf } from '../topology.ts'
import { flowsOf } from './flows.ts'

describe('what an ambient mesh reports in east', () => {
  const model = modelNamed('ambient')
  if (!model) throw new Error('there is no ambient model')
  const flows = flowsOf(topologyOf({ ...model.scenario, breath: 0 }), 0)
  const rows = flows
    .filter(({ base }) => base.source_cluster === 'east' && base.destination_cluster === 'east')
    .map(({ base, rate }) => [
      base.app,
      base.reporter,
      base.request_protocol,
      `${base.source_workload} > ${base.destination_service_name} > ${base.destination_workload}`,
      rate,
    ])
  const about = (service: string) => rows.filter(([, , , ends]) => String(ends).includes(` > ${service} > `))

  it('is requests at the waypoint, and bytes to it and on from it at the ztunnels', () => {
    expect(about('catalog')).toEqual([
      ['waypoint', 'waypoint', 'http', 'desk-v1 > catalog > catalog-v1', 9],
      ['ztunnel', 'source', 'tcp', 'desk-v1 > catalog > waypoint', 7200],
      ['ztunnel', 'destination', 'tcp', 'desk-v1 > catalog > waypoint', 7200],
      ['ztunnel', 'source', 'tcp', 'waypoint > catalog > catalog-v1', 5400],
      ['ztunnel', 'destination', 'tcp', 'waypoint > catalog > catalog-v1', 5400],
      ['waypoint', 'waypoint', 'http', 'desk-v1 > catalog > catalog-v2', 3],
      ['ztunnel', 'source', 'tcp', 'waypoint > catalog > catalog-v2', 1800],
      ['ztunnel', 'destination', 'tcp', 'waypoint > catalog > catalog-v2', 1800],
    ])
  })

  it('is bytes at both ztunnels where the service has no waypoint', () => {
    expect(about('loans')).toEqual([
      ['ztunnel', 'source', 'tcp', 'desk-v1 > loans > loans-v1', 2400],
      ['ztunnel', 'destination', 'tcp', 'desk-v1 > loans > loans-v1', 2400],
    ])
  })

  it('is requests at the ingress gateway, which passes the waypoint by', () => {
    expect(about('desk')).toEqual([
      ['istio-ingressgateway', 'source', 'http', 'istio-ingressgateway > desk > desk-v1', 12],
      ['ztunnel', 'destination', 'tcp', 'istio-ingressgateway > desk > desk-v1', 7200],
    ])
  })

  it('is always secured', () => {
    const open = flows.filter(({ base }) => base.app === 'ztunnel' && base.connection_security_policy !== 'mutual_tls')
    expect(open).toEqual([])
  })
})
