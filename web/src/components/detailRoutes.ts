/** Where the pages of one object live (reference: ui.md 1.2), and how each kind is called. */
import type { LogicalKind } from '@binocle/api/identity'

export const detailRoutes = {
  app: '/namespaces/$namespace/applications/$name',
  service: '/namespaces/$namespace/services/$name',
  workload: '/namespaces/$namespace/workloads/$name',
} as const satisfies Record<LogicalKind, string>

export const listRoutes = {
  app: '/applications',
  service: '/services',
  workload: '/workloads',
} as const satisfies Record<LogicalKind, string>

export const kindWords = {
  app: { one: 'application', many: 'applications', title: 'Applications', badge: 'A' },
  service: { one: 'service', many: 'services', title: 'Services', badge: 'S' },
  workload: { one: 'workload', many: 'workloads', title: 'Workloads', badge: 'W' },
} as const satisfies Record<LogicalKind, { one: string; many: string; title: string; badge: string }>
