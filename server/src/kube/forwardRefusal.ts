/** Why an API server does not open a port-forward: the answer that comes in place of the upgrade. */
import type { IncomingMessage } from 'node:http'
import { isRecord, text } from '../inventory/json.ts'

/** The API server does not open a forward. `said` is its own message, shortened; never a credential. */
export class ForwardRefused extends Error {
  readonly status: number
  readonly said: string

  constructor(status: number, said: string) {
    super(`the API server answered ${status} to the port-forward${said === '' ? '' : `: ${said}`}`)
    this.name = 'ForwardRefused'
    this.status = status
    this.said = said
  }
}

const refusalBytes = 16 << 10
const refusalMs = 2_000

/** Reads what a Status says, as far as it comes at once; then lets the connection go. */
export async function readRefusal(response: IncomingMessage): Promise<ForwardRefused> {
  const timer = setTimeout(() => response.destroy(), refusalMs)
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of response) {
      if (!Buffer.isBuffer(part)) continue
      parts.push(part)
      bytes += part.length
      if (bytes > refusalBytes) break
    }
  } catch {
    // Cut off: what came has to do.
  }
  clearTimeout(timer)
  response.destroy()
  return new ForwardRefused(response.statusCode ?? 0, messageOf(Buffer.concat(parts).toString('utf8')))
}

function messageOf(body: string): string {
  try {
    const status: unknown = JSON.parse(body)
    return isRecord(status) ? text(status, 'message').slice(0, 300) : ''
  } catch {
    return ''
  }
}
