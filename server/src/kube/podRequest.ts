/** A GET to a port of a pod, through a port-forward: one connection, one request, a bounded answer. */
import { request as httpRequest } from 'node:http'
import type { Duplex } from 'node:stream'

const maxBytes = 64 << 20

/** The parsed JSON of a 200 answer. */
export function getOver(connection: Duplex, path: string, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error(`${path} took longer than ${timeoutMs} ms`)), timeoutMs)
    const fail = (error: Error): void => {
      clearTimeout(timer)
      connection.destroy()
      reject(error)
    }
    const request = httpRequest(
      {
        createConnection: () => connection,
        host: 'localhost',
        path,
        headers: { connection: 'close' },
      },
      (response) => {
        const parts: Buffer[] = []
        let bytes = 0
        response.on('data', (part: Buffer) => {
          bytes += part.length
          if (bytes > maxBytes) fail(new Error(`${path} answered more than ${maxBytes} bytes`))
          else parts.push(part)
        })
        response.on('error', fail)
        response.on('end', () => {
          clearTimeout(timer)
          connection.destroy()
          if (response.statusCode !== 200) return reject(new Error(`${path} answered ${response.statusCode}`))
          try {
            resolve(JSON.parse(Buffer.concat(parts).toString('utf8')))
          } catch {
            reject(new Error(`${path} did not answer JSON`))
          }
        })
      },
    )
    request.on('error', fail)
    request.end()
  })
}
