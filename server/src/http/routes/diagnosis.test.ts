import type { Diagnosis } from '@binocle/api/diagnosis'
import { describe, expect, it } from 'vitest'
import type { Permission, Viewer } from '../../access/scope.ts'
import { testMesh } from '../../catalog/testing.ts'
import { createServer } from '../server.ts'
import { diagnosisRoutes } from './diagnosis.ts'

const diagnosisOf = (cluster: string): Diagnosis => ({
  cluster,
  state: 'ok',
  at: 0,
  durationMs: 1,
  apiEndpoint: '',
  steps: [],
  rights: [],
})

/** `east` can be diagnosed, `named` is only known by name. */
function get(url: string, seesCluster: Permission = 'yes') {
  const viewer: Viewer = {
    name: 'me',
    scope: { key: 'me', seesCluster: () => seesCluster, sees: () => (seesCluster === 'yes' ? 'yes' : 'no') },
  }
  const asked: string[] = []
  const routes = diagnosisRoutes(testMesh({ east: [], named: [] }), {
    of: (cluster, fresh) => {
      asked.push(`${cluster} ${fresh ? 'fresh' : 'kept'}`)
      return cluster === 'east' ? Promise.resolve(diagnosisOf(cluster)) : undefined
    },
  })
  const server = createServer({
    config: { address: '127.0.0.1', port: 0, webRoot: '', metricsPort: undefined },
    routes,
    viewerOf: () => viewer,
    nobody: viewer,
    webDir: undefined,
    onError: () => {},
    onAnswer: () => {},
  })
  return server.inject(`/api/multicluster/clusters/${url}`).then((answer) => ({ answer, asked }))
}

describe('GET /api/multicluster/clusters/{cluster}/diagnosis', () => {
  it('answers the diagnosis, out of the last seconds unless a fresh one is asked for', async () => {
    const { answer, asked } = await get('east/diagnosis')
    expect(answer.json()).toEqual(diagnosisOf('east'))
    expect(asked).toEqual(['east kept'])
    expect((await get('east/diagnosis?fresh=true')).asked).toEqual(['east fresh'])
  })

  it.each<[what: string, url: string, sees: Permission, status: number, code: string]>([
    ['a cluster that nobody knows', 'nosuch/diagnosis', 'yes', 400, 'BIN-QUERY-CLUSTER'],
    ['a cluster that is only named', 'named/diagnosis', 'yes', 404, 'BIN-NOT-FOUND'],
    ['a viewer who may not know of it', 'east/diagnosis', 'no', 400, 'BIN-QUERY-CLUSTER'],
    ['a viewer who sees only a part of it', 'east/diagnosis', 'unknown', 403, 'BIN-QUERY-CLUSTER'],
    ['an unknown parameter', 'east/diagnosis?speed=1', 'yes', 400, 'BIN-QUERY-PARAM'],
  ])('refuses %s', async (_what, url, sees, status, code) => {
    const { answer, asked } = await get(url, sees)
    expect(answer.statusCode).toBe(status)
    expect(answer.json()).toMatchObject({ code })
    expect(asked.every((each) => each.startsWith('named'))).toBe(true)
  })
})
