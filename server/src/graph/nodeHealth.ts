/** What the health appender found out about a node, as JSON: an `AppHealth`, `ServiceHealth` or `WorkloadHealth`. */
export interface NodeHealth {
  readonly own: string
  /** Of a versioned app node: its app as a whole, shown by the box around it. */
  readonly ofApp?: () => string
}
