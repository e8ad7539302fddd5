/** All of one cluster: its state in words and what to do, its place in the mesh, its istiods, and the diagnosis. */
import type { ClusterStatus } from '@binocle/api/multicluster'
import { RetryCluster } from '../../app/RetryCluster.tsx'
import { ClusterPairs } from '../../components/ClusterPairs.tsx'
import { ClusterProblems } from '../../components/ClusterProblems.tsx'
import { DiagnosisPanel } from './DiagnosisPanel.tsx'
import { Istiods } from './Istiods.tsx'
import { KindCounters } from './KindCounters.tsx'

export function ClusterInside({ cluster }: { cluster: ClusterStatus }) {
  const { name, state, since, cause, findings = [], gaps = [] } = cluster
  // While a cluster is silent every kind is old for the one reason that stands above.
  const others = [...findings, ...gaps.map((gap) => gap.cause)].filter(({ message }) => message !== cause?.message)
  return (
    <div className="cluster-inside">
      <div className="stack">
        <section className="panel" aria-label={`State of ${name}`}>
          <h2>State and place</h2>
          <ClusterProblems problems={cause === undefined ? [] : [cause]} tone="failure" />
          <ClusterProblems problems={others} tone="degraded" />
          <ClusterPairs cluster={cluster} />
          {state === 'telemetry-only' ? null : <RetryCluster cluster={name} />}
        </section>
        <Istiods cluster={cluster} />
      </div>
      <div className="stack">
        {state === 'telemetry-only' ? null : <DiagnosisPanel cluster={name} sinceMs={since} />}
      </div>
      <KindCounters cluster={name} />
    </div>
  )
}
