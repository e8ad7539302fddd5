/** The `cluster` of a kubeconfig: where its API server is, through which proxy, and whom we trust to be it. */
import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { flag, type Json, text } from '../inventory/json.ts'
import type { Tls } from './access.ts'
import type { KubeconfigOptions } from './kubeconfigOptions.ts'
import { pathOf } from './kubeconfigPath.ts'
import { Unusable } from './unusable.ts'

/** URL without a trailing slash. These functions throw `Unusable`. */
export function serverOf(cluster: Json): string {
  const server = text(cluster, 'server')
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol)) {
    throw new Unusable(`its server ${JSON.stringify(server)} is not an http(s) URL`, 'Mend clusters[].cluster.server.')
  }
  const { username, password, search, hash } = new URL(server)
  if (username !== '' || password !== '' || search !== '' || hash !== '') {
    throw new Unusable(
      'its server is not a plain URL',
      'Mend clusters[].cluster.server: scheme, host, port and path only.',
    )
  }
  return server.replace(/\/+$/, '')
}

/** `proxy-url`; the URL may hold the proxy's own credential, so that no message repeats it. */
export function proxyOf(cluster: Json): string | undefined {
  const proxy = text(cluster, 'proxy-url')
  if (proxy === '') return undefined
  if (URL.canParse(proxy) && /^https?:$/.test(new URL(proxy).protocol)) return proxy
  throw new Unusable('its proxy-url is not an http or https URL', 'Give an HTTP proxy that allows CONNECT.')
}

export function tlsOf(cluster: Json, user: Json, options: KubeconfigOptions): Tls {
  const ca = pem(cluster, 'certificate-authority', options)
  const cert = pem(user, 'client-certificate', options)
  const key = pem(user, 'client-key', options)
  if ((cert === undefined) !== (key === undefined)) {
    throw new Unusable(
      'it has a client certificate without a key, or the reverse',
      'Give both client-certificate and client-key.',
    )
  }
  const tls: Tls = {
    insecureSkipVerify: flag(cluster, 'insecure-skip-tls-verify'),
    ...(ca === undefined ? {} : { ca }),
    ...(text(cluster, 'tls-server-name') === '' ? {} : { serverName: text(cluster, 'tls-server-name') }),
    ...(cert === undefined || key === undefined ? {} : { client: { cert, key } }),
  }
  if (tls.insecureSkipVerify && ca !== undefined) {
    throw new Unusable('it gives a CA and insecure-skip-tls-verify at once', 'Remove one of them.')
  }
  try {
    // A secure context takes a broken CA without a word, and then trusts nobody.
    for (const [certificate] of ca?.matchAll(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []) {
      new X509Certificate(certificate)
    }
    if (tls.client !== undefined) createSecureContext(tls.client)
  } catch {
    throw new Unusable('its CA, client certificate or key is not valid PEM, or they do not belong together', 'Mend it.')
  }
  return tls
}

/** `field-data` is base64 and wins over the file named by `field`. */
function pem(parent: Json, field: string, options: KubeconfigOptions): string | undefined {
  const inline = text(parent, `${field}-data`)
  if (inline !== '') return checkedPem(Buffer.from(inline, 'base64').toString('utf8'), `${field}-data`)
  const file = text(parent, field)
  return file === '' ? undefined : checkedPem(readBeside(file, field, options), field)
}

function checkedPem(content: string, field: string): string {
  if (content.includes('-----BEGIN ')) return content
  throw new Unusable(`its ${field} is not PEM`, 'Give it as PEM, base64-encoded once where the field ends in -data.')
}

function readBeside(file: string, field: string, options: KubeconfigOptions): string {
  const path = pathOf(file, field, options)
  try {
    return options.readFile(path)
  } catch {
    throw new Unusable(`the file of its ${field} cannot be read`, `Check ${file} and who may read it.`)
  }
}
