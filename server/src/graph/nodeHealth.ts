/** What the health appender found out about a node. */
import type { AppHealth, ServiceHealth, WorkloadHealth } from '@binocle/api/health'

export interface NodeHealth {
  readonly own: AppHealth | ServiceHealth | WorkloadHealth
  /** Of a versioned app node: its app as a whole, shown by the box around it. */
  readonly ofApp?: AppHealth
}
