/** The series as one scrape target on loopback, for a real Prometheus. */
import { createServer, type ServerResponse } from 'node:http'
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
    writeExposition(response, exposition(source, clock()))
  })
  const taken = await listenLocally(server, port)
  return { address: `127.0.0.1:${taken}`, close: () => closeServer(server) }
}

/** Answers a scrape. Lines are sent in pieces: a mesh has hundreds of thousands of them. */
export function writeExposition(response: ServerResponse, lines: Iterable<string>): void {
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
  let piece = ''
  for (const line of lines) {
    piece += line
    if (piece.length < PIECE_CHARS) continue
    response.write(piece)
    piece = ''
  }
  response.end(piece)
}

const PIECE_CHARS = 65_536
