/** The certificate that we serve with (`identity.*`): read anew when its files change, while connections go on. */

import type { Server } from 'node:http'
import { createSecureContext, Server as TlsServer } from 'node:tls'
import type { ServingTls } from '../config/server.ts'

export interface Certificate {
  current(): { readonly cert: string; readonly key: string }
  /** Reads the files again, for new connections. The pair is used only when it fits together; else this throws. */
  reload(server: Server): void
  readonly files: readonly string[]
}

/** `read` throws what is wrong with a file. Throws when the pair cannot be used. */
export function certificateOf(
  { certFile, keyFile }: ServingTls,
  read: (path: string, kind: 'certificate' | 'key') => string,
): Certificate {
  const pair = (): { cert: string; key: string } => {
    const found = { cert: read(certFile, 'certificate'), key: read(keyFile, 'key') }
    createSecureContext(found)
    return found
  }
  let current = pair()
  return {
    files: [certFile, keyFile],
    current: () => current,
    reload: (server) => {
      current = pair()
      if (server instanceof TlsServer) server.setSecureContext(current)
    },
  }
}
