/** The clusters of a person's own kubeconfigs, as kubectl sees them: who types a command trusts his own files. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { BinocleError } from '@binocle/server/errors'
import { isRecord } from '@binocle/server/inventory/json'
import type { ClusterAccess } from '@binocle/server/kube/access'
import { type ClusterSpec, parseKubeconfig } from '@binocle/server/kube/kubeconfig'
import { parse } from 'yaml'

/** As kubectl finds them: `--kubeconfig`, else KUBECONFIG, else `~/.kube/config`. */
export function kubeconfigFiles(
  named: readonly string[] | undefined,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (named !== undefined && named.length > 0) return named
  const byDefault = env.HOME ? `${env.HOME}/.kube/config` : ''
  return (env.KUBECONFIG || byDefault).split(':').filter((file) => file !== '')
}

/** `context` undefined = the current one. Throws BIN-CLUSTER-CONFIG when it is in no file, or cannot be used. */
export function accessOf(files: readonly string[], context: string | undefined): ClusterAccess {
  // As kubectl does: a file of the list that is not there is none.
  const present = files.filter((file) => existsSync(file))
  const specs = (present.length > 0 ? present : files).map((file) => specIn(file, context))
  const usable = specs.find((spec) => 'access' in spec)
  if (usable !== undefined && 'access' in usable) return usable.access
  const [first] = specs
  const problem = first !== undefined && 'problem' in first ? first.problem : undefined
  throw new BinocleError('BIN-CLUSTER-CONFIG', problem?.message ?? 'There is no kubeconfig.', {
    remedy: problem?.remedy ?? 'Name one with --kubeconfig FILE, or in KUBECONFIG.',
  })
}

function specIn(file: string, context: string | undefined): ClusterSpec {
  const source = readText(file)
  const [spec] = parseKubeconfig(source, {
    folder: dirname(file),
    file,
    contexts: context === undefined ? [] : [context],
    execProvider: { enabled: true, allow: execCommands(source) },
    readFile: readText,
  })
  if (spec === undefined) throw new BinocleError('BIN-CLUSTER-CONFIG', `${file} holds no context.`)
  return spec
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new BinocleError('BIN-CLUSTER-CONFIG', `${file} cannot be read.`, {
      remedy: 'Check the path and who may read it.',
      cause: error,
    })
  }
}

/** Every program the file names: kubectl would run them too. */
function execCommands(source: string): readonly string[] {
  try {
    const kubeconfig: unknown = parse(source, { maxAliasCount: 50 })
    const users = isRecord(kubeconfig) && Array.isArray(kubeconfig.users) ? kubeconfig.users : []
    return users.flatMap((entry) => {
      const user = isRecord(entry) ? entry.user : undefined
      const exec = isRecord(user) ? user.exec : undefined
      return isRecord(exec) && typeof exec.command === 'string' ? [exec.command] : []
    })
  } catch {
    return []
  }
}
