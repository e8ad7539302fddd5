/** The client against a server that does everything a Prometheus, or what stands in its place, can do wrong. */
import { createServer, type Server } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../config/config.ts'
import { BinocleError } from '../errors.ts'
import { realTimers } from '../kube/surroundings.ts'
import { openOutbound } from '../outbound/outbound.ts'
import type { ServiceClient } from '../outbound/serviceClient.ts'
import { connectPrometheus as connect, type Prometheus } from './prometheus.ts'

const vector = (result: unknown) => JSON.stringify({ status: 'success', data: { resultType: 'vector', result } })
const answers: Record<string, (reply: import('node:http').ServerResponse) => void> = {
  good: (reply) =>
    reply.end(
      vector([
        { metric: { a: 'b' }, value: [1, '1.5'] },
        { metric: {}, value: [1, 'NaN'] },
        { metric: {}, value: [1, '+Inf'] },
      ]),
    ),
  zipped: (reply) => {
    reply.setHeader('content-encoding', 'gzip')
    reply.end(gzipSync(vector([{ metric: { a: 'b' }, value: [1, '2'] }])))
  },
  html: (reply) => reply.end('<!doctype html><title>Sign in</title>'),
  gateway: (reply) => {
    reply.statusCode = 502
    reply.end('<html>Bad gateway</html>')
  },
  garbage: (reply) => reply.end('{"status":"success","data":'),
  matrix: (reply) => reply.end('{"status":"success","data":{"resultType":"matrix","result":[]}}'),
  list: (reply) => reply.end('[]'),
  malformed: (reply) => reply.end(vector([{ metric: { a: 1 }, value: [1, '2'] }])),
  refused: (reply) => {
    reply.statusCode = 422
    reply.end('{"status":"error","errorType":"execution","error":"query timed out"}')
  },
  echoes: (reply) => {
    reply.statusCode = 400
    reply.end(
      '{"status":"error","errorType":"bad_data","error":"unexpected header Authorization: Bearer c4nary-token"}',
    )
  },
  badZip: (reply) => {
    reply.setHeader('content-encoding', 'gzip')
    reply.end('not gzip')
  },
  cut: (reply) => {
    reply.setHeader('content-length', '1000')
    reply.write('{"status"')
    reply.destroy()
  },
  silent: () => {},
}

const outbound = openOutbound(undefined, { clock: Date.now, log: () => {}, timers: realTimers })
const connectPrometheus = (config: Config['prometheus']): Prometheus => connect(config, outbound.service(config))

let server: Server
let url = ''
let received = ''
let prometheus: Prometheus

beforeAll(async () => {
  server = createServer((request, reply) => {
    received = ''
    request.on('data', (chunk) => {
      received += chunk
    })
    request.on('end', () => answers[new URLSearchParams(received).get('query') ?? '']?.(reply))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/` : ''
  prometheus = connectPrometheus(configOf(url, 5000))
})

afterAll(async () => {
  await prometheus.close()
  server.closeAllConnections()
  server.close()
})

const configOf = (address: string, timeoutMs: number): Config['prometheus'] => ({
  enabled: true,
  url: address,
  queryScope: {},
  timeoutMs,
  caFile: undefined,
  insecureSkipVerify: false,
})

async function problemOf(query: string, client = prometheus) {
  try {
    await client.query(query, 17)
  } catch (error) {
    if (error instanceof BinocleError) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('answered')
}

describe('the Prometheus client', () => {
  it('reads labels and values, also those that are no numbers', async () => {
    expect(await prometheus.query('good', 17)).toEqual([
      { labels: { a: 'b' }, value: 1.5 },
      { labels: {}, value: Number.NaN },
      { labels: {}, value: Number.POSITIVE_INFINITY },
    ])
    expect(new URLSearchParams(received).get('time')).toBe('17')
  })

  it.each([
    ['http://127.0.0.1:9090', 'identity'],
    ['http://localhost:9090/prometheus', 'identity'],
    ['http://[::1]:9090', 'identity'],
    ['http://prometheus.istio-system:9090', 'gzip'],
    ['https://127.0.0.1.example.com', 'gzip'],
  ])('asks %s for answers of the encoding %s', async (address, encoding) => {
    const encodings: (string | undefined)[] = []
    const service: ServiceClient = {
      send: async (_path, options) => {
        encodings.push(options?.headers?.['accept-encoding'])
        throw new Error('nobody answers')
      },
      close: async () => {},
    }
    const client = connect(configOf(address, 50), service)
    await expect(client.query('up', 17)).rejects.toMatchObject({ code: 'BIN-PROMETHEUS-UNREACHABLE' })
    expect(encodings).toEqual([encoding])
  })

  it('unzips', async () => expect(await prometheus.query('zipped', 17)).toEqual([{ labels: { a: 'b' }, value: 2 }]))

  it.each([
    ['html', 'BIN-PROMETHEUS-ANSWER', 'it answered HTML'],
    ['gateway', 'BIN-PROMETHEUS-ANSWER', 'it answered status 502'],
    ['garbage', 'BIN-PROMETHEUS-ANSWER', 'it did not answer JSON'],
    ['matrix', 'BIN-PROMETHEUS-ANSWER', 'its answer is not a vector'],
    ['list', 'BIN-PROMETHEUS-ANSWER', 'it did not answer a JSON object'],
    ['malformed', 'BIN-PROMETHEUS-ANSWER', 'a sample is malformed'],
    ['refused', 'BIN-PROMETHEUS-ANSWER', 'query timed out'],
    ['badZip', 'BIN-PROMETHEUS-UNREACHABLE', ''],
    ['cut', 'BIN-PROMETHEUS-UNREACHABLE', ''],
  ])('says what is wrong: %s', async (query, code, words) => {
    const problem = await problemOf(query)
    expect(problem.code).toBe(code)
    expect(problem.message).toContain(words)
  })

  it('AUTH-T59: asks at most so many things at a time as it has connections, however many are waiting', async () => {
    let now = 0
    let most = 0
    const crowd = createServer((_request, reply) => {
      now += 1
      most = Math.max(most, now)
      setImmediate(() => {
        now -= 1
        reply.end(vector([]))
      })
    })
    await new Promise<void>((resolve) => crowd.listen(0, '127.0.0.1', resolve))
    const address = crowd.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const config = configOf(`http://127.0.0.1:${port}/`, 5000)
    const client = connect(config, outbound.service(config, 8))
    await Promise.all(Array.from({ length: 200 }, (_, at) => client.query(`q${at}`, 17)))
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(8)
    await client.close()
    crowd.close()
  })

  it('AUTH-165: does not repeat a credential that was echoed', async () => {
    expect((await problemOf('echoes')).message).not.toContain('c4nary')
  })

  it('gives up on one that is silent', async () => {
    const impatient = connectPrometheus(configOf(url, 50))
    expect(await problemOf('silent', impatient)).toEqual({
      code: 'BIN-PROMETHEUS-UNREACHABLE',
      message: 'Prometheus does not answer: no answer within 50 ms.',
    })
    await impatient.close()
  })

  it('says that nobody listens, without the address', async () => {
    const nowhere = connectPrometheus(configOf('http://user:secret@127.0.0.1:9/', 1000))
    const problem = await problemOf('good', nowhere)
    expect(problem.code).toBe('BIN-PROMETHEUS-UNREACHABLE')
    expect(problem.message).toBe('Prometheus does not answer: the connection is refused.')
    await nowhere.close()
  })
})
