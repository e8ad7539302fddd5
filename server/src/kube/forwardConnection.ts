/** What a forwarded TCP connection is to those who use it, whichever protocol carries it. */
import { Duplex, type DuplexOptions } from 'node:stream'

export interface ForwardTarget {
  readonly namespace: string
  readonly pod: string
  readonly port: number
}

/** HTTP agents treat connections as sockets of the operating system; what they ask of those has no meaning here. */
export class ForwardedConnection extends Duplex {
  constructor(options: DuplexOptions) {
    super(options)
    // Whoever uses the connection hears of errors; before that there is nobody.
    this.on('error', () => {})
  }

  setTimeout(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}

export const portForwardPath = ({ namespace, pod }: ForwardTarget): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward`

/** As the pod's node worded it, when it could not connect. */
export const podError = (said: string): Error => new Error(said.slice(0, 300))
