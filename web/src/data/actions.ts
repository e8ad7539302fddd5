/** What the page asks the server to do. */
import { post } from './http.ts'

/** Probe the cluster now. */
export const retryCluster = (cluster: string): Promise<void> =>
  post(`api/multicluster/clusters/${encodeURIComponent(cluster)}/retry`)
