/**
 * Writes to one client as fast as it reads, not at all while the server is frozen or watches are held back, and never
 * again once it was lost.
 */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import type { Faults } from './faults.ts'

export interface Outlet {
  /** Appends a text; `''` is nothing. */
  write(text: string): void
  /** Appends texts that are made only when there is room for them. */
  pour(texts: Iterable<string>): void
  end(): void
}

/** A client that lets this much pile up is cut off, as a real server does. */
const maxWaitingChars = 256 * 1024 * 1024
const pieceChars = 65_536

export function createOutlet(response: ServerResponse, faults: Faults): Outlet {
  const waiting: Iterable<string>[] = []
  let waitingChars = 0
  let running = false
  let ended = false
  const isBornLost = faults.state.watches === 'lost'
  const lossesBefore = faults.losses
  const isLost = (): boolean => isBornLost || faults.losses !== lossesBefore

  async function run(): Promise<void> {
    if (running) return
    running = true
    for (let next = waiting.shift(); next !== undefined && !response.destroyed; next = waiting.shift()) {
      await faults.telling()
      if (!isLost()) await writeAll(response, next, faults)
    }
    waitingChars = 0
    if (ended) await faults.moving()
    if (ended) await faults.telling()
    running = false
    if (ended && !isLost() && !response.destroyed) response.end()
  }

  function append(texts: Iterable<string>, chars: number): void {
    if (isLost() || ended || response.destroyed) return
    waiting.push(texts)
    waitingChars += chars
    if (waitingChars > maxWaitingChars) response.destroy()
    run().catch(() => response.destroy())
  }

  return {
    write: (text) => (text === '' ? undefined : append([text], text.length)),
    pour: (texts) => append(texts, 0),
    end() {
      ended = true
      run().catch(() => response.destroy())
    },
  }
}

/** Writes all texts in pieces of some size, leaving room for others between them. */
export async function writeAll(response: ServerResponse, texts: Iterable<string>, faults: Faults): Promise<void> {
  let piece = ''
  for (const text of texts) {
    piece += text
    if (piece.length < pieceChars) continue
    await writePiece(response, piece, faults)
    piece = ''
    if (response.destroyed) return
    await setImmediate()
  }
  if (piece !== '') await writePiece(response, piece, faults)
}

async function writePiece(response: ServerResponse, piece: string, faults: Faults): Promise<void> {
  await faults.moving()
  if (response.destroyed || response.write(piece)) return
  const gone = new AbortController()
  const leave = () => gone.abort()
  response.once('close', leave)
  try {
    await once(response, 'drain', { signal: gone.signal })
  } catch {
    // The client went away; whoever writes next sees `destroyed`.
  } finally {
    response.off('close', leave)
  }
}
