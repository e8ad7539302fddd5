/** Credential plugins: a program that prints an ExecCredential. Run only when enabled and allowed by configuration. */
import { execFile } from 'node:child_process'
import type { ClusterName } from '@binocle/api/identity'
import { isRecord, record, text } from '../inventory/json.ts'
import type { ExecCredential } from './access.ts'
import { KubeFailure } from './failure.ts'

const timeoutMs = 30_000

/** Unix ms; undefined: until the server rejects it. */
export interface PluginToken {
  readonly token: string
  readonly expiresAt: number | undefined
}

/** Throws `KubeFailure` (config) that repeats nothing of what the program printed. */
export async function runPlugin(plugin: ExecCredential, cluster: ClusterName): Promise<PluginToken> {
  const printed = await output(plugin, cluster)
  try {
    const parsed: unknown = JSON.parse(printed)
    const status = isRecord(parsed) ? record(parsed, 'status') : {}
    const token = text(status, 'token')
    const expiresAt = Date.parse(text(status, 'expirationTimestamp'))
    if (token !== '') return { token, expiresAt: Number.isNaN(expiresAt) ? undefined : expiresAt }
  } catch {
    // Falls through to the same refusal.
  }
  throw new KubeFailure('config', cluster, `${cluster}: ${plugin.command} printed no ExecCredential with a token`)
}

function output(plugin: ExecCredential, cluster: ClusterName): Promise<string> {
  const { command, args, env, apiVersion } = plugin
  const info = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec: { interactive: false } })
  return new Promise((resolve, reject) => {
    execFile(
      command,
      [...args],
      { timeout: timeoutMs, maxBuffer: 1 << 20, env: { ...process.env, ...env, KUBERNETES_EXEC_INFO: info } },
      (error, stdout) => {
        if (error === null) resolve(stdout)
        else reject(new KubeFailure('config', cluster, `${cluster}: ${command} failed (${error.code ?? error.signal})`))
      },
    )
  })
}
