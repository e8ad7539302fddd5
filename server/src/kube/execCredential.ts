/** Credential plugins: a program that prints an ExecCredential. Run only when enabled and allowed by configuration. */
import { type ExecFileException, execFile } from 'node:child_process'
import { isRecord, type Json } from '../inventory/json.ts'
import type { ClusterAccess, ExecCredential } from './access.ts'
import { KubeFailure } from './failure.ts'

const timeoutMs = 30_000
const remedy = 'Run the program by hand where the console runs, as the same user; or give a service account token.'

/** Unix ms; undefined: until the server rejects it. */
export interface PluginToken {
  readonly token: string
  readonly expiresAt: number | undefined
}

/** Throws `KubeFailure` (config) that repeats nothing of what the program printed. */
export async function runPlugin(plugin: ExecCredential, access: ClusterAccess): Promise<PluginToken> {
  const { cluster } = access
  const refuse = (why: string): KubeFailure =>
    new KubeFailure('config', cluster, `${cluster}: ${plugin.command} printed ${why}`, 0, undefined, remedy)
  const printed = parsed(await output(plugin, access))
  if (printed === undefined) throw refuse('no ExecCredential')
  const { apiVersion, status } = printed
  if (apiVersion !== plugin.apiVersion) throw refuse(`an ExecCredential of another version than ${plugin.apiVersion}`)
  if (!isRecord(status)) throw refuse('no ExecCredential with a status')
  const { token, expirationTimestamp, clientCertificateData } = status
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw refuse(
      typeof clientCertificateData === 'string'
        ? 'a client certificate, of which only tokens are taken'
        : 'no ExecCredential with a token',
    )
  }
  const expiresAt = Date.parse(typeof expirationTimestamp === 'string' ? expirationTimestamp : '')
  return { token, expiresAt: Number.isNaN(expiresAt) ? undefined : expiresAt }
}

function parsed(printed: string): Json | undefined {
  try {
    const credential: unknown = JSON.parse(printed)
    return isRecord(credential) && credential.kind === 'ExecCredential' ? credential : undefined
  } catch {
    return undefined
  }
}

/** No shell: arguments are what they are. */
function output(plugin: ExecCredential, access: ClusterAccess): Promise<string> {
  const { command, args, env } = plugin
  const KUBERNETES_EXEC_INFO = JSON.stringify(execInfo(plugin, access))
  return new Promise((resolve, reject) => {
    const done = (error: ExecFileException | null, stdout: string): void => {
      if (error === null) {
        resolve(stdout)
        return
      }
      const why = error.killed === true ? `did not end within ${timeoutMs / 1000} s` : `failed (${error.code})`
      reject(new KubeFailure('config', access.cluster, `${access.cluster}: ${command} ${why}`, 0, undefined, remedy))
    }
    const options = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 1 << 20 } as const
    const child = execFile(
      command,
      [...args],
      { ...options, env: { ...process.env, ...env, KUBERNETES_EXEC_INFO } },
      done,
    )
    child.stdin?.end()
  })
}

function execInfo({ apiVersion, tellsCluster }: ExecCredential, { server, tls }: ClusterAccess) {
  const cluster = {
    server,
    ...(tls.serverName === undefined ? {} : { 'tls-server-name': tls.serverName }),
    ...(tls.insecureSkipVerify ? { 'insecure-skip-tls-verify': true } : {}),
    ...(tls.ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(tls.ca).toString('base64') }),
  }
  return {
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(tellsCluster === true ? { cluster } : {}) },
  }
}
