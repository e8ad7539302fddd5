/** Every cluster and its state, on every page: icon, word and age of the last sync. The metrics store stands beside. */
import { Popover, PopoverDisclosure, PopoverProvider } from '@ariakit/react'
import type { ClusterStatus, ClustersAnswer } from '@binocle/api/multicluster'
import { useLayoutEffect, useRef, useState } from 'react'
import { ClusterName } from '../components/ClusterChip.tsx'
import { lookOf, stripOf } from '../components/clusterStates.ts'
import { counted } from '../components/format.ts'
import { Icon } from '../components/Icon.tsx'
import { RelativeTime } from '../components/RelativeTime.tsx'
import { problemOf } from '../components/States.tsx'
import { ClusterFacts } from './ClusterFacts.tsx'
import { useClusters } from './useClusters.ts'
import { usePageSearch, useSetSearch } from './useScope.ts'

/** Room for the metrics store's chip and the strip's label. */
const reservedWidth = 400

export function ClusterStrip() {
  const { answer, clusters, error } = useClusters()
  const strip = useRef<HTMLElement>(null)
  const [room, setRoom] = useState(1200)
  useLayoutEffect(() => {
    const element = strip.current
    if (!element) return
    const watch = new ResizeObserver(() => setRoom(element.clientWidth - reservedWidth))
    watch.observe(element)
    return () => watch.disconnect()
  }, [])
  const { cluster: asked } = usePageSearch()
  const { shown, more } = stripOf(clusters, room, asked)
  return (
    <section className="strip" aria-label="Clusters and their state" ref={strip}>
      <span className="strip-label">{answer === undefined ? 'Clusters' : counted(clusters.length, 'cluster')}</span>
      {shown.map((cluster) => (
        <ClusterButton key={cluster.name} cluster={cluster} />
      ))}
      {more.length === 0 ? null : <More clusters={more} />}
      {answer === undefined && error ? (
        <span className="strip-chip failure">
          <Icon name="failure" />
          {problemOf(error).message}
        </span>
      ) : null}
      <span className="strip-gap" />
      {answer ? <Metrics prometheus={answer.prometheus} /> : null}
    </section>
  )
}

function ClusterButton({ cluster }: { cluster: ClusterStatus }) {
  const { word, icon, tone } = lookOf(cluster)
  const { cluster: asked } = usePageSearch()
  const setSearch = useSetSearch()
  return (
    <PopoverProvider
      placement="bottom-start"
      open={asked === cluster.name}
      setOpen={(open) => setSearch({ cluster: open ? cluster.name : undefined })}
    >
      <PopoverDisclosure className={`strip-chip ${tone}`}>
        <ClusterName name={cluster.name} />
        {cluster.home ? (
          <span className="home">
            <Icon name="home" />
            <span className="visually-hidden">home</span>
          </span>
        ) : null}
        <span className={`health ${tone}`}>
          <Icon name={icon} />
          {word}
        </span>
        {cluster.lastSync === undefined ? null : (
          <span className="strip-age">
            <Icon name="syncing" />
            <span className="visually-hidden">last in step</span>
            <RelativeTime timeMs={cluster.lastSync} bare />
          </span>
        )}
      </PopoverDisclosure>
      <Popover className="popup facts" gutter={6} aria-label={`Cluster ${cluster.name}`} unmountOnHide>
        <ClusterFacts cluster={cluster} />
      </Popover>
    </PopoverProvider>
  )
}

function More({ clusters }: { clusters: readonly ClusterStatus[] }) {
  return (
    <PopoverProvider placement="bottom-start">
      <PopoverDisclosure className="strip-chip">+{clusters.length} more</PopoverDisclosure>
      <Popover className="popup more" gutter={6} aria-label="More clusters" unmountOnHide>
        {clusters.map((cluster) => (
          <ClusterButton key={cluster.name} cluster={cluster} />
        ))}
      </Popover>
    </PopoverProvider>
  )
}

const metricsWords: Record<
  ClustersAnswer['prometheus']['state'],
  { word: string; tone: string; icon: 'healthy' | 'failure' | 'degraded' | 'na' }
> = {
  reachable: { word: 'reachable', tone: 'healthy', icon: 'healthy' },
  unreachable: { word: 'unreachable', tone: 'failure', icon: 'failure' },
  empty: { word: 'knows no Istio metric', tone: 'degraded', icon: 'degraded' },
  disabled: { word: 'not configured', tone: 'na', icon: 'na' },
}

function Metrics({ prometheus }: { prometheus: ClustersAnswer['prometheus'] }) {
  const { word, tone, icon } = metricsWords[prometheus.state]
  const face = (
    <>
      Prometheus
      <span className={`health ${tone}`}>
        <Icon name={icon} />
        {word}
      </span>
    </>
  )
  if (prometheus.problem === undefined) return <span className={`strip-chip plain ${tone}`}>{face}</span>
  return (
    <PopoverProvider placement="bottom-end">
      <PopoverDisclosure className={`strip-chip ${tone}`}>{face}</PopoverDisclosure>
      <Popover className="popup facts" gutter={6} aria-label="Prometheus" unmountOnHide>
        <p>{prometheus.problem.message}</p>
        {prometheus.problem.remedy === undefined ? null : <p>{prometheus.problem.remedy}</p>}
        <p className="code">{prometheus.problem.code}</p>
      </Popover>
    </PopoverProvider>
  )
}
