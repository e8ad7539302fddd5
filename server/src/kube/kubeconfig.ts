/**
 * kubeconfig -> how to reach clusters. A context that cannot be used is a cluster in error state with the reason: the
 * others work. Which fields count, and why: as in Kiali's remote-cluster secrets, and all that kubectl honours.
 */
import type { ClusterName } from '@binocle/api/identity'
import { parse } from 'yaml'
import { isRecord, type Json, record, records, text } from '../inventory/json.ts'
import { proxyOf, serverOf, tlsOf } from './kubeconfigCluster.ts'
import type { KubeconfigOptions } from './kubeconfigOptions.ts'
import { credentialOf, impersonationOf } from './kubeconfigUser.ts'
import type { ClusterSpec } from './spec.ts'
import { reasonOf, refused, Unusable } from './unusable.ts'

export type { ClusterSpec } from './spec.ts'

const maxBytes = 1 << 20

/** Never throws: what is wrong with the file as a whole is wrong with each context that was asked for. */
export function parseKubeconfig(source: string, options: KubeconfigOptions): readonly ClusterSpec[] {
  try {
    const kubeconfig = documentOf(source)
    return chosen(kubeconfig, options).map((context) => specOf(kubeconfig, context, options))
  } catch (error) {
    const wanted = options.contexts.filter((context) => context !== '*')
    const names = wanted.length > 0 ? wanted.map((context) => nameIn(options, context, context)) : [options.file]
    return names.map((name) => refused(name, '', reasonOf(error)))
  }
}

/** Throws `Unusable`. */
export function documentOf(source: string): Json {
  if (source.length > maxBytes) throw new Unusable('it is longer than 1 MB', 'Give a kubeconfig file.')
  let parsed: unknown
  try {
    parsed = parse(source, { maxAliasCount: 50 })
  } catch (error) {
    const where = firstLine(error instanceof Error ? error.message : '')
    throw new Unusable(`it is not YAML: ${where}`, 'Mend the file; `kubectl config view` shows whether it can be read.')
  }
  if (!isRecord(parsed)) throw new Unusable('it is not a kubeconfig', 'Give a kubeconfig file.')
  const { apiVersion, kind } = parsed
  if ((apiVersion ?? 'v1') !== 'v1' || (kind ?? 'Config') !== 'Config') {
    const said = JSON.stringify({ apiVersion, kind }).slice(0, 100)
    throw new Unusable(`it is ${said} and not a kubeconfig`, 'Give a file with apiVersion v1 and kind Config.')
  }
  return parsed
}

/** The parser quotes the lines around the error, which may hold a token. */
const firstLine = (message: string): string => message.split('\n', 1)[0]?.replace(/:$/, '') ?? ''

const nameIn = ({ nameOf }: KubeconfigOptions, context: string, cluster: string): ClusterName =>
  nameOf?.(context, cluster) ?? cluster

function chosen(kubeconfig: Json, { contexts }: KubeconfigOptions): readonly string[] {
  if (contexts.includes('*')) return records(kubeconfig, 'contexts').map((context) => text(context, 'name'))
  if (contexts.length > 0) return contexts
  const current = text(kubeconfig, 'current-context')
  if (current === '') throw new Unusable('it has no current-context', 'Name a context with --context.')
  return [current]
}

function specOf(kubeconfig: Json, contextName: string, options: KubeconfigOptions): ClusterSpec {
  let name = nameIn(options, contextName, contextName)
  let server = ''
  try {
    const context = named(kubeconfig, 'contexts', contextName, 'context')
    const clusterName = text(context, 'cluster')
    name = nameIn(options, contextName, clusterName || contextName)
    const cluster = named(kubeconfig, 'clusters', clusterName, 'cluster')
    server = serverOf(cluster)
    const user = text(context, 'user') === '' ? {} : named(kubeconfig, 'users', text(context, 'user'), 'user')
    const impersonate = impersonationOf(user)
    const proxy = proxyOf(cluster)
    return {
      name,
      access: {
        cluster: name,
        server,
        tls: tlsOf(cluster, user, options),
        credential: credentialOf(user, options),
        ...(impersonate === undefined ? {} : { impersonate }),
        ...(proxy === undefined ? {} : { proxy }),
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
