/** The series as one scrape target on loopback, for a real Prometheus. */
import { createServer } from 'node:http'
import { closeServer, listenLocally } from '../local.ts'
import { exposition } from './exposition.ts'
import type { SeriesSource } from './series.ts'

export interface ScrapeTarget {
  /** `127.0.0.1:port`, as scrape configurations name targets. */
  readonly address: string
  close(): Promise<void>
}

export async function startTarget(source: SeriesSource, clock: () => number, port = 0): Promise<ScrapeTarget> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    let piece = ''
    for (const line of exposition(source, clock())) {
      piece += line
      if (piece.length < PIECE_CHARS) continue
      response.write(piece)
      piece = ''
    }
    response.end(piece)
  })
  const taken = await listenLocally(server, port)
  return { address: `127.0.0.1:${taken}`, close: () => closeServer(server) }
}

const PIECE_CHARS = 65_536
