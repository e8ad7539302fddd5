/**
 * What the kubeconfig in a Secret may ask for. It comes from whoever may write Secrets beside the console, and not from
 * whoever runs it: without limits such a person could run programs, read our files and knock at any door (reference:
 * auth.md 7.5). The operator's own kubeconfigs are not held to this.
 */
import { flag, type Json, record, records, text } from '../inventory/json.ts'
import { barred } from './barredHosts.ts'
import { Unusable } from './unusable.ts'

/** Of one cluster. */
export interface SecretRights {
  /** Its certificate need not be verified. */
  readonly insecureTls: boolean
  /** It may be reached through a proxy, which then sees where we go. */
  readonly proxy: boolean
  /** It may be on this machine. */
  readonly loopback: boolean
}

export const everyRight: SecretRights = { insecureTls: true, proxy: true, loopback: true }
export const noRight: SecretRights = { insecureTls: false, proxy: false, loopback: false }

const maxBytes = 256 << 10

/** Throws `Unusable`. */
export function checkSecretSize(kubeconfig: string): void {
  if (Buffer.byteLength(kubeconfig) > maxBytes)
    throw refusal('is longer than 256 KiB', 'Give a kubeconfig of one cluster.')
}

/** Throws `Unusable` and `Malformed`. `document`: of one cluster. */
export function checkSecretKubeconfig(document: Json, rights: SecretRights): void {
  for (const cluster of records(document, 'clusters')) checkCluster(record(cluster, 'cluster'), rights)
  for (const user of records(document, 'users')) checkUser(record(user, 'user'))
}

function checkCluster(cluster: Json, rights: SecretRights): void {
  const server = text(cluster, 'server')
  const url = URL.canParse(server) ? new URL(server) : undefined
  // What is no URL is refused where it is read.
  if (url !== undefined && url.protocol !== 'https:') throw refusal('has a server without TLS', 'Give its https URL.')
  const where = url === undefined ? undefined : barred(url.hostname, rights)
  if (where !== undefined) {
    throw refusal(
      `has a server that leads to ${where}`,
      'Give its address. On this machine: clustering.allow_loopback.',
    )
  }
  if (flag(cluster, 'insecure-skip-tls-verify') && !rights.insecureTls) {
    throw refusal(
      'says that the certificate of its API server shall not be verified',
      'Put its CA into certificate-authority-data, or name the cluster in clustering.allow_insecure_tls.',
    )
  }
  if (text(cluster, 'proxy-url') !== '' && !rights.proxy) {
    throw refusal('names a proxy', 'Remove proxy-url, or name the cluster in clustering.allow_proxy.')
  }
  const serverName = text(cluster, 'tls-server-name')
  if (serverName !== '' && !/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(serverName)) {
    throw refusal('has a tls-server-name that is no host name', 'Give a name that its certificate has.')
  }
}

function checkUser(user: Json): void {
  const asked = ['as', 'as-uid', 'as-groups', 'as-user-extra'].find((field) => user[field] !== undefined)
  if (asked !== undefined) {
    throw refusal(`impersonates somebody (${asked})`, 'Give the credential of an account with the rights it needs.')
  }
  if (user['auth-provider'] !== undefined) {
    throw refusal('uses auth-provider', 'Give a service account token: binocle remote-secret create.')
  }
  const command = user.exec === undefined ? '' : text(record(user, 'exec'), 'command')
  if (user.exec !== undefined && !command.startsWith('/')) {
    throw refusal('runs a program that it does not name by its path', 'Name it by its absolute path, and allow that.')
  }
}

const refusal = (what: string, remedy: string): Unusable => new Unusable(`it ${what}`, remedy, 'BIN-CLUSTER-POLICY')
