/** Says on every page which clusters cannot be asked now, so that old facts are not taken for fresh ones. */
import type { ClusterStatus } from '@binocle/api/multicluster'
import { useState } from 'react'
import { isSilent, isUndecided, lookOf } from '../components/clusterStates.ts'
import { sentence } from '../components/format.ts'
import { Icon } from '../components/Icon.tsx'
import { RelativeTime } from '../components/RelativeTime.tsx'
import { RetryCluster } from './RetryCluster.tsx'
import { useClusters } from './useClusters.ts'
import { useScope } from './useScope.ts'

/** Dismissed until the set of silent clusters, or a state, changes. */
export function PartialBanner() {
  const { clusters: chosen } = useScope()
  const { clusters } = useClusters()
  const [dismissed, setDismissed] = useState('')
  const wanted = clusters.filter(({ name }) => chosen.length === 0 || chosen.includes(name))
  const silent = wanted.filter(isSilent)
  const undecided = wanted.filter(isUndecided)
  const now = [...silent, ...undecided].map(({ access, name, state }) => `${name}=${state} ${access}`).join()
  if (now === '' || dismissed === now) return null
  return (
    <section className="banner partial" role="status" aria-label="Partial facts">
      <Icon name="degraded" />
      <div>
        {silent.length === 0 ? null : (
          <strong className="sentence">
            {wanted.length - silent.length} of {wanted.length} clusters answer.
          </strong>
        )}
        {silent.map((cluster) => (
          <Silent key={cluster.name} cluster={cluster} />
        ))}
        {undecided.map(({ name }) => (
          <span key={name} className="sentence">
            <strong>{name}</strong> cannot say now what you may see there. Nothing of it is shown until it does; it is
            asked again every few seconds.
          </span>
        ))}
      </div>
      {silent.map(({ name }) => (
        <RetryCluster key={name} cluster={name} small />
      ))}
      <button type="button" className="button small" onClick={() => setDismissed(now)}>
        Dismiss
      </button>
    </section>
  )
}

function Silent({ cluster }: { cluster: ClusterStatus }) {
  return (
    <span className="sentence">
      <strong>{cluster.name}</strong> ({lookOf(cluster).word} since <RelativeTime timeMs={cluster.since} />)
      {cluster.cause === undefined ? '. ' : `: ${sentence(cluster.cause.message)} `}
      {cluster.lastSync === undefined ? (
        'Nothing is known of it yet. '
      ) : (
        <>
          Its facts are from <RelativeTime timeMs={cluster.lastSync} />, marked stale.{' '}
        </>
      )}
      {cluster.cause?.remedy === undefined ? null : sentence(cluster.cause.remedy)}{' '}
    </span>
  )
}
