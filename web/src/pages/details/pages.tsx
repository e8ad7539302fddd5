/** The three detail pages: what each asks, and what it shows side by side. */
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { usePolling, useScope } from '../../app/useScope.ts'
import { appQuery, serviceQuery, workloadQuery } from '../../data/queries.ts'
import { appAttributes, serviceAttributes, workloadAttributes } from './attributes.ts'
import { DetailPage } from './DetailPage.tsx'
import { Pods } from './Pods.tsx'
import { relatedToApp, relatedToService, relatedToWorkload } from './related.ts'

export function ServicePage() {
  const params = useParams({ from: '/namespaces/$namespace/services/$name' })
  const { durationS } = useScope()
  const query = useQuery({ ...serviceQuery({ ...params, durationS }), ...usePolling() })
  return (
    <DetailPage
      kind="service"
      {...params}
      query={query}
      attributes={serviceAttributes}
      healthOf={({ health }) => health.status?.status ?? 'NA'}
      relatedTo={relatedToService}
    />
  )
}

export function WorkloadPage() {
  const params = useParams({ from: '/namespaces/$namespace/workloads/$name' })
  const { durationS } = useScope()
  const query = useQuery({ ...workloadQuery({ ...params, durationS }), ...usePolling() })
  return (
    <DetailPage
      kind="workload"
      {...params}
      query={query}
      attributes={workloadAttributes}
      healthOf={({ health }) => health.status?.status ?? 'NA'}
      relatedTo={relatedToWorkload}
      more={(documents) => <Pods documents={documents} />}
    />
  )
}

export function ApplicationPage() {
  const params = useParams({ from: '/namespaces/$namespace/applications/$name' })
  const { durationS } = useScope()
  const query = useQuery({ ...appQuery({ ...params, durationS }), ...usePolling() })
  return (
    <DetailPage
      kind="app"
      {...params}
      query={query}
      attributes={appAttributes}
      healthOf={({ health }) => health.status?.status ?? 'NA'}
      relatedTo={relatedToApp}
    />
  )
}
