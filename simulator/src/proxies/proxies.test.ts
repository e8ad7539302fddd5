import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoScenario } from '../demo/demo.ts'
import { listAt, textAt } from '../kube/json.ts'
import { closeServer, listenLocally } from '../local.ts'
import { topologyOf } from '../topology.ts'
import { proxyBackend } from './admin.ts'

const topology = topologyOf(demoScenario())
const backend = proxyBackend(topology)('east')
const inEast = topology.workloads.filter((w) => w.cluster === 'east')
const podOf = (w: (typeof inEast)[number] | undefined) => (w ? topology.pods(w)[0]?.name : undefined) ?? ''
const sidecar = inEast.find((w) => w.mode === 'sidecar')
const gateway = inEast.find((w) => w.gateway === 'eastwest')

describe('the proxies of the demo in east', () => {
  const servers: Server[] = []
  let url = ''
  beforeAll(async () => {
    const listener = backend(sidecar?.namespace ?? '', podOf(sidecar), 15000)
    if (!listener) throw new Error('nothing listens')
    const server = createServer(listener)
    servers.push(server)
    url = `http://127.0.0.1:${await listenLocally(server, 0)}`
  })
  afterAll(() => Promise.all(servers.map(closeServer)))

  const section = async (name: string): Promise<unknown> => {
    const dump: unknown = JSON.parse(await (await fetch(`${url}/config_dump`)).text())
    return listAt(dump, 'configs').find((each) => textAt(each, '@type').endsWith(`.${name}`))
  }

  it('listen where there is a proxy, on its admin port', () => {
    const plain = inEast.find((w) => w.mode === 'none' && w.gateway === undefined)
    expect(backend(sidecar?.namespace ?? '', podOf(sidecar), 15001)).toBeUndefined()
    expect(backend(gateway?.namespace ?? '', podOf(gateway), 15000)).toBeDefined()
    expect(backend(plain?.namespace ?? '', podOf(plain), 15000)).toBeUndefined()
  })

  it('know each port of each service of the mesh', async () => {
    const clusters = listAt(await section('ClustersConfigDump'), 'dynamic_active_clusters')
    const names = new Set(clusters.map((each) => textAt(each, 'cluster', 'name')))
    const wanted = topology.services
      .filter(({ cluster }) => cluster === 'east')
      .flatMap((one) => one.ports.map(({ port }) => `outbound|${port}||${one.name}.${one.namespace}.svc.cluster.local`))
    expect(wanted.filter((name) => !names.has(name))).toEqual([])
  })

  it('lead each HTTP port of a listener to routes that are there', async () => {
    const listeners = listAt(await section('ListenersConfigDump'), 'dynamic_listeners')
    const named = listeners.flatMap((each) =>
      listAt(each, 'active_state', 'listener', 'filter_chains').flatMap((chain) =>
        listAt(chain, 'filters').map((filter) => textAt(filter, 'typed_config', 'rds', 'route_config_name')),
      ),
    )
    const routes = listAt(await section('RoutesConfigDump'), 'dynamic_route_configs')
    expect([...new Set(named.filter((name) => name !== ''))].sort()).toEqual(
      routes.map((each) => textAt(each, 'route_config', 'name')).sort(),
    )
  })

  it('take the levels that there are', async () => {
    const set = async (level: string) => (await fetch(`${url}/logging?level=${level}`, { method: 'POST' })).status
    expect([await set('debug'), await set('loud')]).toEqual([200, 400])
  })
})
