/**
 * kubeconfig -> how to reach clusters. A context that cannot be used is a cluster in error state with the reason: the
 * others work. Which fields count, and why: as in Kiali's remote-cluster secrets, and all that kubectl honours.
 */
import { X509Certificate } from 'node:crypto'
import { isAbsolute, join } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { ClusterName } from '@binocle/api/identity'
import type { Problem } from '@binocle/api/problem'
import { parse } from 'yaml'
import { flag, isRecord, type Json, Malformed, record, records, text, texts } from '../inventory/json.ts'
import type { ClusterAccess, Credential, Impersonation, Tls } from './access.ts'

/** One cluster that somebody wants to be part of the mesh. */
export type ClusterSpec =
  | { readonly name: ClusterName; readonly access: ClusterAccess }
  | { readonly name: ClusterName; readonly server: string; readonly problem: Problem }

export interface KubeconfigOptions {
  /** Relative paths inside are relative to its folder. */
  readonly folder: string
  /** What the file is called in messages. */
  readonly file: string
  /** Empty: the current one. `*`: all. */
  readonly contexts: readonly string[]
  readonly execProvider: { readonly enabled: boolean; readonly allow: readonly string[] }
  /** Throws when it cannot be read. */
  readonly readFile: (path: string) => string
}

const maxBytes = 1 << 20

/** Never throws: what is wrong with the file as a whole is wrong with each context that was asked for. */
export function parseKubeconfig(source: string, options: KubeconfigOptions): readonly ClusterSpec[] {
  const named = options.contexts.filter((context) => context !== '*')
  try {
    const kubeconfig = documentOf(source)
    return chosen(kubeconfig, options).map((context) => specOf(kubeconfig, context, options))
  } catch (error) {
    const names = named.length > 0 ? named : [options.file]
    return names.map((name) => refused(name, '', reasonOf(error)))
  }
}

/** The reason, in words that hold no credential, and what to do. */
class Unusable extends Error {
  readonly remedy: string
  constructor(message: string, remedy: string) {
    super(message)
    this.remedy = remedy
  }
}

function documentOf(source: string): Json {
  if (source.length > maxBytes) throw new Unusable('it is longer than 1 MB', 'Give a kubeconfig file.')
  let parsed: unknown
  try {
    parsed = parse(source, { maxAliasCount: 50 })
  } catch (error) {
    const where = firstLine(error instanceof Error ? error.message : '')
    throw new Unusable(`it is not YAML: ${where}`, 'Mend the file; `kubectl config view` shows whether it can be read.')
  }
  if (!isRecord(parsed)) throw new Unusable('it is not a kubeconfig', 'Give a kubeconfig file.')
  return parsed
}

/** The parser quotes the lines around the error, which may hold a token. */
const firstLine = (message: string): string => message.split('\n', 1)[0]?.replace(/:$/, '') ?? ''

function chosen(kubeconfig: Json, { contexts }: KubeconfigOptions): readonly string[] {
  if (contexts.includes('*')) return records(kubeconfig, 'contexts').map((context) => text(context, 'name'))
  if (contexts.length > 0) return contexts
  const current = text(kubeconfig, 'current-context')
  if (current === '') throw new Unusable('it has no current-context', 'Name a context with --context.')
  return [current]
}

function specOf(kubeconfig: Json, contextName: string, options: KubeconfigOptions): ClusterSpec {
  let name = contextName
  let server = ''
  try {
    const context = named(kubeconfig, 'contexts', contextName, 'context')
    const clusterName = text(context, 'cluster')
    name = clusterName || contextName
    const cluster = named(kubeconfig, 'clusters', clusterName, 'cluster')
    server = serverOf(cluster)
    const user = text(context, 'user') === '' ? {} : named(kubeconfig, 'users', text(context, 'user'), 'user')
    const impersonate = impersonationOf(user)
    return {
      name,
      access: {
        cluster: name,
        server,
        tls: tlsOf(cluster, user, options),
        credential: credentialOf(user, options),
        ...(impersonate === undefined ? {} : { impersonate }),
      },
    }
  } catch (error) {
    return refused(name, server, reasonOf(error))
  }
}

function named(kubeconfig: Json, field: string, name: string, kind: string): Json {
  const found = records(kubeconfig, field).find((each) => each.name === name)
  if (found !== undefined) return record(found, kind)
  const there = records(kubeconfig, field).map((each) => text(each, 'name'))
  throw new Unusable(
    `there is no ${kind} ${JSON.stringify(name)} in it`,
    there.length === 0 ? `It has no ${kind}.` : `It has: ${there.slice(0, 20).join(', ')}.`,
  )
}

function serverOf(cluster: Json): string {
  const server = text(cluster, 'server')
  if (text(cluster, 'proxy-url') !== '') {
    throw new Unusable(
      'it asks for a proxy (proxy-url), which is not supported',
      'Give an address that can be reached directly.',
    )
  }
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

function tlsOf(cluster: Json, user: Json, options: KubeconfigOptions): Tls {
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
  try {
    return options.readFile(pathOf(file, options))
  } catch {
    throw new Unusable(`the file of its ${field} cannot be read`, `Check ${file} and who may read it.`)
  }
}

const pathOf = (file: string, { folder }: KubeconfigOptions): string => (isAbsolute(file) ? file : join(folder, file))

/** The order is kubectl's: a token file wins over a token. */
function credentialOf(user: Json, options: KubeconfigOptions): Credential {
  const tokenFile = text(user, 'tokenFile')
  if (tokenFile !== '') return { kind: 'tokenFile', file: pathOf(tokenFile, options) }
  const token = text(user, 'token')
  if (token !== '') {
    if (!/^[\x21-\x7e]+$/.test(token)) throw new Unusable('its token has characters that no token has', 'Renew it.')
    return { kind: 'token', token }
  }
  if (text(user, 'username') !== '') {
    return { kind: 'basic', username: text(user, 'username'), password: text(user, 'password') }
  }
  if (isRecord(user.exec)) return execOf(user.exec, options)
  if (isRecord(user['auth-provider'])) {
    throw new Unusable('it uses auth-provider, which Kubernetes has removed', 'Use a token or an exec plugin.')
  }
  return { kind: 'none' }
}

function execOf(exec: Json, { execProvider, folder }: KubeconfigOptions): Credential {
  const command = text(exec, 'command')
  if (!execProvider.enabled) {
    throw new Unusable(
      `it gets its credential from a program (${command}), which is refused unless enabled`,
      'Set clustering.enable_exec_provider: true and allow the command, or give a service account token.',
    )
  }
  if (!execProvider.allow.includes(command)) {
    throw new Unusable(
      `it gets its credential from ${command}, which is not on the list of allowed commands`,
      'Allow it.',
    )
  }
  return {
    kind: 'exec',
    command: command.includes('/') && !isAbsolute(command) ? join(folder, command) : command,
    args: texts(exec, 'args'),
    env: Object.fromEntries(records(exec, 'env').map((each) => [text(each, 'name'), text(each, 'value')])),
    apiVersion: text(exec, 'apiVersion') || 'client.authentication.k8s.io/v1',
  }
}

function impersonationOf(user: Json): Impersonation | undefined {
  const as = text(user, 'as')
  const groups = texts(user, 'as-groups')
  return as === '' && groups.length === 0 ? undefined : { user: as, groups }
}

function reasonOf(error: unknown): Unusable {
  if (error instanceof Unusable) return error
  if (error instanceof Malformed) return new Unusable(error.message, 'Mend the kubeconfig.')
  throw error
}

function refused(name: ClusterName, server: string, { message, remedy }: Unusable): ClusterSpec {
  const problem = {
    code: 'BIN-CLUSTER-CONFIG',
    message: `${name}: the kubeconfig cannot be used: ${message}`,
    cluster: name,
    remedy,
  }
  return { name, server, problem }
}
