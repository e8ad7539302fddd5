/**
 * The ordered diagnosis of one cluster: from its name in the DNS up to the freshness of its telemetry, one step after
 * the other, each with what was found, why it is not well and what to do about it. The page and `binocle doctor` show it.
 */
import type { ClusterName } from './identity.ts'

/** In the order in which they are taken: what a later one rests on comes before it. */
export const diagnosisSteps = [
  'configuration',
  'dns',
  'tcp',
  'tls',
  'authentication',
  'rights',
  'apiGroups',
  'istiod',
  'names',
  'labels',
  'clock',
  'certificates',
  'telemetry',
] as const

export type DiagnosisStepName = (typeof diagnosisSteps)[number]

/**
 * `failed`: something does not work because of it. `warning`: it works, but not all of it, or not for long.
 * `skipped`: a step it rests on failed, or there is nothing to look at. `unknown`: could not be found out.
 */
export type DiagnosisState = 'failed' | 'ok' | 'skipped' | 'unknown' | 'warning'

export interface DiagnosisStep {
  name: DiagnosisStepName
  /** For people, e.g. `API groups`. */
  title: string
  state: DiagnosisState
  /** What was found, in one sentence, e.g. `127.0.0.1:6443 accepts connections.`; also when all is well. */
  found: string
  /** Why it is not `ok`; a `skipped` step says what it waits for. */
  cause?: string
  /** What to do about it. */
  remedy?: string
  /** From the catalogue of errors, e.g. `BIN-CLUSTER-TLS`. */
  code?: string
  /** Single findings, worst first, e.g. each certificate with its expiry. */
  findings?: DiagnosisFinding[]
  durationMs: number
}

export interface DiagnosisFinding {
  state: DiagnosisState
  text: string
}

/** One row of the table of rights: a kind, with every verb we want on it. */
export interface RightsRow {
  /** '' = core. */
  group: string
  /** Plural, with its subresource, e.g. `pods/portforward`. */
  resource: string
  /** In words: what does not work without it. */
  purpose: string
  /** `needed`: without it there is no mesh to show. `wanted`: a part is missing. `edit`: only for changing things. */
  need: 'edit' | 'needed' | 'wanted'
  allowed: string[]
  denied: string[]
  /** Verbs about which the cluster gave no answer. */
  unknown: string[]
  /** The cluster does not serve the kind: nobody misses the right. */
  notServed?: true
}

/** GET /api/multicluster/clusters/{cluster}/diagnosis; with `?fresh=true` not out of the last seconds' answer. */
export interface Diagnosis {
  cluster: ClusterName
  /** Worst of the steps: failed, warning, unknown, ok. */
  state: 'failed' | 'ok' | 'unknown' | 'warning'
  /** When it was begun, Unix ms. */
  at: number
  durationMs: number
  /** The API server that was asked. */
  apiEndpoint: string
  /** Whom the cluster takes us for, e.g. `system:serviceaccount:istio-system:kiali`. */
  identity?: string
  steps: DiagnosisStep[]
  /** Empty when the rights could not be asked for. */
  rights: RightsRow[]
}
