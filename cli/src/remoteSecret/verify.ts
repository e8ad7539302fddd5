/**
 * `remote-secret verify`: is the secret in the form that consoles look for, and does the very identity in it get what
 * the console needs? The second is the diagnosis, with the credential out of the secret.
 */
import type { Diagnosis } from '@binocle/api/diagnosis'
import { diagnose } from '@binocle/server/diagnosis/diagnose'
import { isRecord, record, text } from '@binocle/server/inventory/json'
import type { KubeApi } from '@binocle/server/kube/api'
import { specOfEntry } from '@binocle/server/kube/remoteSecret'
import { everyRight } from '@binocle/server/kube/secretPolicy'
import { realTimers } from '@binocle/server/kube/surroundings'
import { read } from './cluster.ts'
import { clusterAnnotation, type Mode, type Names, secretLabel, secretName } from './names.ts'
import { consoleSecret } from './objects.ts'

export interface Verification {
  /** What is wrong with the secret's form, each with what to do; empty when all is well. */
  readonly form: readonly string[]
  /** Undefined when there is no kubeconfig to try. */
  readonly diagnosis?: Diagnosis
}

/** Throws `KubeFailure` when the console's cluster cannot be asked. */
export async function verify(home: KubeApi, names: Names, mode: Mode, impersonate = false): Promise<Verification> {
  const secret = await read(home, consoleSecret(names, { server: '', insecure: false, token: '' }))
  const place = `Secret ${names.consoleNamespace}/${secretName(names)}`
  if (!isRecord(secret)) {
    return { form: [`There is no ${place} in ${home.cluster}. Make it with: binocle remote-secret create`] }
  }
  const form = [...formFaults(secret, names, place)]
  const key = Object.keys(record(secret, 'data'))[0]
  if (key === undefined) return { form: [...form, `${place} is empty. Make it anew: binocle remote-secret create`] }
  const kubeconfig = Buffer.from(text(record(secret, 'data'), key), 'base64').toString('utf8')
  // As the console reads it: what it would refuse is refused here too.
  const spec = specOfEntry(
    { secretName: secretName(names), key, kubeconfig, origin: place, istios: false },
    { folder: '/', execProvider: { enabled: false, allow: [] }, files: 'none', readFile: () => '' },
    // Which of these the console itself allows is its configuration's affair.
    everyRight,
  )
  const surroundings = { clock: Date.now, timers: realTimers }
  const target = { spec, clusters: [key], edit: mode === 'edit', impersonate, rootNamespace: names.namespace }
  return { form, diagnosis: await diagnose(target, surroundings) }
}

function* formFaults(secret: Readonly<Record<string, unknown>>, { cluster }: Names, place: string): Iterable<string> {
  const metadata = record(secret, 'metadata')
  const { name, value } = secretLabel
  if (text(record(metadata, 'labels'), name) !== value) {
    yield `${place} lacks the label ${name}=${value}: no console finds it. Add it: kubectl label`
  }
  const annotated = text(record(metadata, 'annotations'), clusterAnnotation)
  if (annotated !== '' && annotated !== cluster) {
    yield `${place} is annotated ${clusterAnnotation}=${annotated}, not ${cluster}. Make them equal: kubectl annotate`
  }
  const keys = Object.keys(record(secret, 'data'))
  if (keys.length > 0 && !keys.includes(cluster)) {
    yield `${place} has the key ${keys.join(', ')} and not ${cluster}: the key is the cluster's name.`
  }
}
