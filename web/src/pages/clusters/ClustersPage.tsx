/** The clusters of the mesh: what each is, whether it can be asked, and why not. A row opens to its diagnosis. */
import type { ClusterStatus } from '@binocle/api/multicluster'
import type { Problem } from '@binocle/api/problem'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { useClusters } from '../../app/useClusters.ts'
import { usePageSearch, useScope, useSetSearch } from '../../app/useScope.ts'
import { ClusterProblems } from '../../components/ClusterProblems.tsx'
import { isSilent } from '../../components/clusterStates.ts'
import { counted } from '../../components/format.ts'
import { Icon } from '../../components/Icon.tsx'
import { Empty, Failed, Loading } from '../../components/States.tsx'
import { diagnosticsQuery } from '../../data/queries.ts'
import { Agreements } from './Agreements.tsx'
import { ClusterRow } from './ClusterRow.tsx'
import { meshAgreements } from './meshAgreements.ts'
import './clusters.css'

export function ClustersPage() {
  const { answer, clusters, error } = useClusters()
  const { clusters: chosen } = useScope()
  const shown = useMemo(
    () => clusters.filter(({ name }) => chosen.length === 0 || chosen.includes(name)),
    [clusters, chosen],
  )
  return (
    <div className="page">
      <header className="page-head">
        <h1>Clusters</h1>
        {answer === undefined ? null : <p className="hint">{sizeOf(shown)}</p>}
      </header>
      {answer === undefined ? (
        error ? (
          <Failed error={error} />
        ) : (
          <Loading />
        )
      ) : shown.length === 0 ? (
        <Empty title="No clusters here">
          <p>
            {clusters.length > 0
              ? 'The chosen clusters are gone. Choose others in the masthead.'
              : 'The console knows no cluster yet. Give it a kubeconfig, or a secret labelled kiali.io/multiCluster=true.'}
          </p>
        </Empty>
      ) : (
        <>
          <Sources />
          <Agreements agreements={meshAgreements(shown)} />
          <ClusterTable clusters={shown} />
        </>
      )}
    </div>
  )
}

/** Sources of clusters that cannot be read: why one may be missing here. And protections that are switched off. */
function Sources() {
  const { data } = useQuery(diagnosticsQuery())
  const problems = data?.sources ?? []
  const isWeak = ({ code }: Problem): boolean => code === 'BIN-CONFIG-INSECURE'
  return (
    <>
      <ClusterProblems problems={problems.filter((problem) => !isWeak(problem))} tone="failure" />
      <ClusterProblems problems={problems.filter(isWeak)} tone="degraded" />
    </>
  )
}

/** `3 clusters in 2 networks, 1 silent` */
function sizeOf(clusters: readonly ClusterStatus[]): string {
  const networks = new Set(clusters.flatMap(({ network }) => network ?? []))
  const silent = clusters.filter(isSilent).length
  const place = networks.size > 0 ? ` in ${counted(networks.size, 'network')}` : ''
  return `${counted(clusters.length, 'cluster')}${place}${silent > 0 ? `, ${silent} silent` : ''}`
}

function ClusterTable({ clusters }: { clusters: readonly ClusterStatus[] }) {
  const { open } = usePageSearch()
  const setSearch = useSetSearch()
  const opened = useMemo(() => (open ?? '').split(',').filter(Boolean), [open])
  const show = useCallback(
    (names: readonly string[]) => setSearch({ open: names.join(',') || undefined }, 'push'),
    [setSearch],
  )
  const allOpen = clusters.every(({ name }) => opened.includes(name))
  return (
    <table className="table list clusters">
      <caption className="visually-hidden">Clusters, one row each</caption>
      <colgroup>
        <col className="w-open" />
        <col className="w-cluster" />
        <col className="w-state" />
        <col />
        <col />
        <col className="w-holds" />
        <col className="w-rights" />
        <col />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">
            <button
              type="button"
              className={allOpen ? 'opener open' : 'opener'}
              aria-expanded={allOpen}
              onClick={() => show(allOpen ? [] : clusters.map(({ name }) => name))}
              title={allOpen ? 'Close all rows' : 'Open all rows'}
            >
              <Icon name="chevron" />
              <span className="visually-hidden">Details of all clusters</span>
            </button>
          </th>
          <th scope="col">Cluster</th>
          <th scope="col">State</th>
          <th scope="col">Network, locality</th>
          <th scope="col">Versions</th>
          <th scope="col">Holds</th>
          <th scope="col">May be read</th>
          <th scope="col">Mesh, trust</th>
        </tr>
      </thead>
      <tbody>
        {clusters.map((cluster) => {
          const isOpen = opened.includes(cluster.name)
          return (
            <ClusterRow
              key={cluster.name}
              cluster={cluster}
              open={isOpen}
              toggle={() => show(isOpen ? opened.filter((name) => name !== cluster.name) : [...opened, cluster.name])}
            />
          )
        })}
      </tbody>
    </table>
  )
}
