import { createServer, type RequestListener } from 'node:http'
import { type Duplex, duplexPair } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { ForwardedConnection } from './forwardConnection.ts'
import { createPodHttp } from './podRequest.ts'
import { settled } from './testing.ts'

/** A pod whose port answers with `listener`; counts the connections that were opened to it. */
function podOf(listener: RequestListener) {
  const server = createServer(listener)
  const connections: Duplex[] = []
  const http = createPodHttp(async () => {
    const [ours, theirs] = duplexPair()
    theirs.once('close', () => ours.destroy())
    server.emit('connection', theirs)
    const connection = overPair(ours)
    connections.push(connection)
    return connection
  })
  return { http, connections }
}

function overPair(transport: Duplex): ForwardedConnection {
  const connection = new ForwardedConnection({
    read: () => transport.resume(),
    write: (piece, _encoding, done) => void transport.write(piece, done),
    destroy: (error, done) => {
      transport.destroy()
      done(error)
    },
  })
  transport.on('data', (chunk) => connection.push(chunk))
  transport.on('close', () => connection.push(null))
  return connection
}

const limits = { timeoutMs: 5_000 }

describe('HTTP to a pod', () => {
  it('uses one connection for requests one after the other', async () => {
    const { connections, http } = podOf((request, response) => response.end(`saw ${request.url}`))
    expect(await http.text({ path: '/version', ...limits })).toBe('saw /version')
    expect(await http.text({ path: '/debug/syncz', ...limits })).toBe('saw /debug/syncz')
    expect(connections.length).toBe(1)
  })

  it('opens another connection when the first is gone', async () => {
    const { connections, http } = podOf((request, response) => response.end(`saw ${request.url}`))
    await http.text({ path: '/a', ...limits })
    connections[0]?.destroy()
    await settled()
    expect(await http.text({ path: '/b', ...limits })).toBe('saw /b')
    expect(connections.length).toBe(2)
  })

  it('keeps no connection open after it is closed', async () => {
    const { connections, http } = podOf((_request, response) => response.end('ok'))
    await http.text({ path: '/a', ...limits })
    http.close()
    await settled()
    expect(connections.map(({ destroyed }) => destroyed)).toEqual([true])
  })

  it('closes a connection that opens after it is closed', async () => {
    const connection = overPair(duplexPair()[0])
    let opened: (connection: Duplex) => void = () => {}
    const http = createPodHttp(() => new Promise((resolve) => (opened = resolve)))
    const answer = http.text({ path: '/a', ...limits }).catch(() => 'failed')
    await settled()
    http.close()
    opened(connection)
    expect(await answer).toBe('failed')
    expect(connection.destroyed).toBe(true)
  })

  const silent: RequestListener = () => {}
  const midway: RequestListener = (_request, response) => void response.write('half')
  it.each([
    ['another status than 2xx', (_request, response) => response.writeHead(503).end('no'), {}, '/x answered 503'],
    [
      'more than it may',
      (_request, response) => response.end('12345'),
      { maxBytes: 4 },
      '/x answered more than 4 bytes',
    ],
    ['nothing in time', silent, { timeoutMs: 10 }, '/x took longer than 10 ms'],
    ['half of its answer in time', midway, { timeoutMs: 10 }, '/x took longer than 10 ms'],
    [
      'half of its answer, and hangs up',
      (_request, response) => void response.write('half', () => response.destroy()),
      {},
      'aborted',
    ],
  ] as const satisfies readonly [string, RequestListener, object, string][])(
    'fails when the pod answers %s',
    async (_what, listener, more, message) => {
      const { http, connections } = podOf(listener)
      await expect(http.text({ path: '/x', ...limits, ...more })).rejects.toThrow(message)
      http.close()
      await settled()
      expect(connections.every(({ destroyed }) => destroyed)).toBe(true)
    },
  )

  it('says why no connection could be opened', async () => {
    const http = createPodHttp(() => Promise.reject(new Error('east denies us port-forward')))
    await expect(http.text({ path: '/x', ...limits })).rejects.toThrow('east denies us port-forward')
  })

  it('gives up when the reader does', async () => {
    const { http } = podOf((_request, response) => response.end('[1,'))
    const reading = http.read({ path: '/x', ...limits }, () => {
      throw new SyntaxError('it is not JSON')
    })
    await expect(reading).rejects.toThrow('it is not JSON')
  })
})
