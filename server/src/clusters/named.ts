/** Clusters that are only named: by configuration, or by a label of telemetry. Nobody gave us access to them. */
import type { ClusterName } from '@binocle/api/identity'
import type { Config } from '../config/config.ts'
import type { ClusterSpec } from '../kube/spec.ts'

/** `clustering.clusters`: without a secret they are not meant to be reached, and only links lead to them. */
export function declaredSpecs(declared: Config['kubernetes']['declared'] = []): readonly ClusterSpec[] {
  return declared.map(({ name, secretName }) => ({
    name,
    server: '',
    only: 'declared',
    origin: 'clustering.clusters',
    ...(secretName === '' ? {} : { secretName }),
    problem: {
      code: 'BIN-CLUSTER-DECLARED',
      message:
        secretName === ''
          ? `${name} is only declared in clustering.clusters: we have no access to it.`
          : `${name}: its secret ${secretName} is not there.`,
      cluster: name,
      remedy: `Give us access: binocle remote-secret create --name ${name}.`,
    },
  }))
}

export function telemetrySpecs(names: Iterable<ClusterName>): readonly ClusterSpec[] {
  return [...names].map((name) => ({
    name,
    server: '',
    only: 'telemetry',
    origin: 'telemetry',
    problem: {
      code: 'BIN-CLUSTER-DECLARED',
      message: `${name} is only seen in telemetry: we have no access to it.`,
      cluster: name,
      remedy: `Give us access: binocle remote-secret create --name ${name}. If it is there under another name, make both names one.`,
    },
  }))
}
