/** What can be asked of lists and details, after the query was parsed (reference: api.md 10 to 12). */
import type { ClusterName } from '@binocle/api/identity'
import type { Login } from '../access/login.ts'
import type { Window } from '../telemetry/traffic.ts'

export interface ListQuery {
  readonly cluster: ClusterName
  /** undefined or empty: all that the viewer sees. */
  readonly namespaces?: readonly string[]
  readonly health: boolean
  readonly istioResources: boolean
}

export interface ServiceListQuery extends ListQuery {
  /** Kiali's default: no pods, no references, no validations; every service then seems to have a sidecar. */
  readonly onlyDefinitions: boolean
}

export interface DetailsQuery {
  readonly health: boolean
  readonly istioResources: boolean
  readonly validate: boolean
  /** Another window than the health window. */
  readonly window?: Window
  /** As whom it is asked what may be written; absent = nobody. */
  readonly login?: Login
}

export interface WorkloadDetailsQuery extends DetailsQuery {
  /** e.g. `apps/v1, Kind=Deployment`; what is not of that form is ignored, as Kiali does. */
  readonly gvk?: string
}
