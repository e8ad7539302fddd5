/** The `user` of a kubeconfig: with which credential we come, and on whose behalf. */
import { isAbsolute, join } from 'node:path'
import { flag, isRecord, type Json, record, records, text, texts } from '../inventory/json.ts'
import type { Credential, Impersonation } from './access.ts'
import type { KubeconfigOptions } from './kubeconfigOptions.ts'
import { pathOf } from './kubeconfigPath.ts'
import { Unusable } from './unusable.ts'

/** The order is kubectl's: a token file wins over a token. These functions throw `Unusable` and `Malformed`. */
export function credentialOf(user: Json, options: KubeconfigOptions): Credential {
  const tokenFile = text(user, 'tokenFile')
  if (tokenFile !== '') return { kind: 'tokenFile', file: pathOf(tokenFile, 'tokenFile', options) }
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

/** What plugins of kubectl speak; older ones are removed from it. */
const execVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']

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
      `Add ${command} to clustering.exec_provider_allow, or give a service account token.`,
    )
  }
  const apiVersion = text(exec, 'apiVersion') || 'client.authentication.k8s.io/v1'
  if (!execVersions.includes(apiVersion)) {
    throw new Unusable(
      `its program speaks ${apiVersion}, which no longer exists`,
      `Use a version of it that speaks ${execVersions.join(' or ')}, and say so in users[].user.exec.apiVersion.`,
    )
  }
  return {
    kind: 'exec',
    command: command.includes('/') && !isAbsolute(command) ? join(folder, command) : command,
    args: texts(exec, 'args'),
    env: Object.fromEntries(records(exec, 'env').map((each) => [text(each, 'name'), text(each, 'value')])),
    apiVersion,
    ...(flag(exec, 'provideClusterInfo') ? { tellsCluster: true } : {}),
  }
}

export function impersonationOf(user: Json): Impersonation | undefined {
  const as = text(user, 'as')
  const groups = texts(user, 'as-groups')
  const uid = text(user, 'as-uid')
  const extra = Object.fromEntries(
    Object.keys(record(user, 'as-user-extra')).map((key) => [key, texts(record(user, 'as-user-extra'), key)]),
  )
  if (as === '' && groups.length === 0) return undefined
  return {
    user: as,
    groups,
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}
