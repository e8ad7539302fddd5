/** Keys of the page: `/` to the filter, `?` for help, `g` and a letter to go somewhere. Pure, so that a test can type. */

export type Destination = (typeof destinations)[number]['to']

export type Action = { do: 'go'; to: Destination } | { do: 'filter' } | { do: 'help' }

export const destinations = [
  { key: 'o', to: '/overview', label: 'Overview' },
  { key: 'g', to: '/graph', label: 'Graph' },
  { key: 'n', to: '/namespaces', label: 'Namespaces' },
  { key: 'a', to: '/applications', label: 'Applications' },
  { key: 'w', to: '/workloads', label: 'Workloads' },
  { key: 's', to: '/services', label: 'Services' },
  { key: 'c', to: '/clusters', label: 'Clusters' },
] as const

/** After `g` a letter must follow within this time. */
export const chordMs = 1_200

/** `pendingSinceMs`: when `g` was typed, if it was the last key. */
export function typed(
  key: string,
  nowMs: number,
  pendingSinceMs: number | undefined,
): { action?: Action; pendingSinceMs?: number } {
  if (pendingSinceMs !== undefined && nowMs - pendingSinceMs <= chordMs) {
    const destination = destinations.find((one) => one.key === key)
    return destination ? { action: { do: 'go', to: destination.to } } : {}
  }
  if (key === 'g') return { pendingSinceMs: nowMs }
  if (key === '/') return { action: { do: 'filter' } }
  if (key === '?') return { action: { do: 'help' } }
  return {}
}
