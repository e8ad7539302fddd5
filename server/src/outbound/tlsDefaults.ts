/**
 * The TLS policy of this process. It is laid down as Node's own defaults, so that nothing can forget it: the listener,
 * API servers, port-forwards, Prometheus, identity providers and whatever a library opens obey it alike.
 */
import tls from 'node:tls'
import { type TlsPolicy, tlsOptions } from '../config/tlsPolicy.ts'

/** Counts for connections made from now on. Returns how to lay down what was before. */
export function adoptTlsPolicy(policy: TlsPolicy): () => void {
  const { DEFAULT_MIN_VERSION, DEFAULT_MAX_VERSION, DEFAULT_CIPHERS, DEFAULT_ECDH_CURVE } = tls
  // Whoever started Node with `--tls-min-v1.3` meant it.
  const stricter = DEFAULT_MIN_VERSION === 'TLSv1.3' && policy.maxVersion === 'TLSv1.3'
  tls.DEFAULT_MIN_VERSION = stricter ? 'TLSv1.3' : policy.minVersion
  tls.DEFAULT_MAX_VERSION = policy.maxVersion
  if (policy.ciphers !== undefined) tls.DEFAULT_CIPHERS = policy.ciphers
  if (policy.groups !== undefined) tls.DEFAULT_ECDH_CURVE = policy.groups
  return () => Object.assign(tls, { DEFAULT_MIN_VERSION, DEFAULT_MAX_VERSION, DEFAULT_CIPHERS, DEFAULT_ECDH_CURVE })
}

/** Whether the OpenSSL that we run on has a group. */
export function groupWorks(name: string): boolean {
  try {
    tls.createSecureContext(tlsOptions({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', groups: name }))
    return true
  } catch {
    return false
  }
}
