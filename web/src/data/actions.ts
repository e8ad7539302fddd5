/** What the page asks the server to do. */
import { send } from './http.ts'

/** Probe the cluster now. */
export const retryCluster = (cluster: string): Promise<unknown> =>
  send(`api/multicluster/clusters/${encodeURIComponent(cluster)}/retry`)
