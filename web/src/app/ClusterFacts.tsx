/** What is known of one cluster: why it is in its state, what to do, and since when. */
import type { ClusterStatus } from '@binocle/api/multicluster'
import { Link } from '@tanstack/react-router'
import { ClusterName } from '../components/ClusterChip.tsx'
import { ClusterPairs } from '../components/ClusterPairs.tsx'
import { ClusterProblems } from '../components/ClusterProblems.tsx'
import { isUndecided, lookOf } from '../components/clusterStates.ts'
import { sentence } from '../components/format.ts'
import { Icon } from '../components/Icon.tsx'
import { LoginEnd } from './Account.tsx'
import { RetryCluster } from './RetryCluster.tsx'
import { useLogin } from './sessionContext.ts'
import { useScope, useSetSearch } from './useScope.ts'

export function ClusterFacts({ cluster }: { cluster: ClusterStatus }) {
  const { word, icon, tone, plain } = lookOf(cluster)
  const { name, cause, findings = [] } = cluster
  return (
    <div>
      <h2 className="facts-title">
        <ClusterName name={name} />
        <span className={`health ${tone}`}>
          <Icon name={icon} />
          {word}
        </span>
      </h2>
      {cause === undefined ? <p>{sentence(plain)}</p> : null}
      <ClusterProblems problems={cause === undefined ? [] : [cause]} tone={tone === 'degraded' ? tone : 'failure'} />
      <ClusterProblems problems={findings} tone="degraded" />
      <YourLogin cluster={name} />
      <div className="actions">
        <ShowOnly cluster={name} />
        <Link to="/clusters" search={(before) => ({ ...before, cluster: undefined, open: name })} className="button">
          <Icon name="clusters" /> Diagnose
        </Link>
        {cluster.state === 'telemetry-only' || isUndecided(cluster) ? null : <RetryCluster cluster={name} />}
      </div>
      {isUndecided(cluster) ? null : <ClusterPairs cluster={cluster} />}
    </div>
  )
}

/** Where each cluster has a login of its own. */
function YourLogin({ cluster }: { cluster: string }) {
  const { state } = useLogin()
  if (state.state !== 'in') return null
  const own = state.info.sessionInfo.clusterInfo?.[cluster]
  return own?.expiresOn === undefined ? null : (
    <p>
      You: <LoginEnd expiresOn={own.expiresOn} />
    </p>
  )
}

function ShowOnly({ cluster }: { cluster: string }) {
  const { clusters } = useScope()
  const setSearch = useSetSearch()
  const alone = clusters.length === 1 && clusters[0] === cluster
  return (
    <button
      type="button"
      className="button"
      onClick={() => {
        setSearch({ clusters: alone ? undefined : cluster, cluster: undefined })
      }}
    >
      {alone ? 'Show all clusters' : 'Show only this cluster'}
    </button>
  )
}
