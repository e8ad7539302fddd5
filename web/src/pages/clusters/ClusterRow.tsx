/** One cluster: what it is at a glance, and below it, when open, everything that is known and what a diagnosis finds. */
import type { ClusterStatus } from '@binocle/api/multicluster'
import { ClusterName } from '../../components/ClusterChip.tsx'
import { useNow } from '../../components/clock.ts'
import { isUndecided, lookOf } from '../../components/clusterStates.ts'
import {
  certificateText,
  localityText,
  rightsText,
  roleWords,
  type Said,
  troubledKinds,
} from '../../components/clusterWords.ts'
import { absolute, counted } from '../../components/format.ts'
import { Icon } from '../../components/Icon.tsx'
import { RelativeTime } from '../../components/RelativeTime.tsx'
import { ClusterInside } from './ClusterInside.tsx'

export function ClusterRow({ cluster, open, toggle }: { cluster: ClusterStatus; open: boolean; toggle(): void }) {
  const troubled = troubledKinds(cluster)
  return (
    <>
      <tr className={open ? 'opened' : undefined}>
        <td>
          <button type="button" className={open ? 'opener open' : 'opener'} aria-expanded={open} onClick={toggle}>
            <Icon name="chevron" />
            <span className="visually-hidden">Details of {cluster.name}</span>
          </button>
        </td>
        <th scope="row">
          <ClusterName name={cluster.name} />
          {cluster.home ? (
            <span className="home" title="Kiali's clients take this cluster for home">
              <Icon name="home" />
              <span className="visually-hidden">home</span>
            </span>
          ) : null}
          <span className="line quiet">{cluster.role === undefined ? 'role unknown' : roleWords[cluster.role]}</span>
        </th>
        <td>
          <State cluster={cluster} />
        </td>
        <td>
          <span className="line">{cluster.network ?? 'network unknown'}</span>
          <span className="line quiet">{localityText(cluster)}</span>
        </td>
        <td>
          <Versions cluster={cluster} />
        </td>
        <td>
          {isUndecided(cluster) ? (
            <span className="line quiet">unknown</span>
          ) : (
            <>
              <span className="line">{counted(cluster.namespaces, 'namespace')}</span>
              <span className="line">{counted(cluster.workloads, 'workload')}</span>
            </>
          )}
          {cluster.objects === undefined ? null : (
            <span className="line quiet">{counted(cluster.objects, 'object')}</span>
          )}
        </td>
        <td>
          <Words said={rightsText(cluster)} />
          {troubled.length === 0 ? null : (
            <Words said={{ text: `${counted(troubled.length, 'kind')} not in step`, tone: 'degraded' }} />
          )}
        </td>
        <td>
          <Trust cluster={cluster} />
        </td>
      </tr>
      {open ? (
        <tr className="inside">
          <td colSpan={8}>
            <ClusterInside cluster={cluster} />
          </td>
        </tr>
      ) : null}
    </>
  )
}

function State({ cluster }: { cluster: ClusterStatus }) {
  const { word, icon, tone } = lookOf(cluster)
  return (
    <>
      <span className={`health ${tone}`}>
        <Icon name={icon} />
        {word}
      </span>
      <span className="line quiet">
        since <RelativeTime timeMs={cluster.since} bare />
      </span>
      <span className="line quiet">
        {cluster.lastSync === undefined ? (
          'never in step'
        ) : (
          <>
            in step <RelativeTime timeMs={cluster.lastSync} />
          </>
        )}
      </span>
    </>
  )
}

function Versions({ cluster }: { cluster: ClusterStatus }) {
  return (
    <>
      <span className="line">Kubernetes {cluster.kubernetesVersion ?? 'unknown'}</span>
      {cluster.controlPlanes.map(({ namespace, name, revision, version, status }) => (
        <span key={`${namespace}/${name}`} className="line">
          {name} {version ?? 'version unknown'}{' '}
          {revision === 'default' || revision === '' ? null : <span className="quiet">{revision}</span>}
          {status === 'Healthy' ? null : <Words said={{ text: status.toLowerCase(), tone: 'degraded' }} />}
        </span>
      ))}
      {cluster.controlPlanes.length > 0 ? null : (
        <span className="line quiet">
          {cluster.managedBy === undefined || cluster.managedBy.length === 0
            ? 'no control plane seen'
            : `managed from ${[...new Set(cluster.managedBy.map((plane) => plane.cluster))].join(', ')}`}
        </span>
      )}
    </>
  )
}

function Trust({ cluster }: { cluster: ClusterStatus }) {
  const nowMs = useNow()
  const roots = cluster.rootCertificates ?? []
  const endMs = Math.max(...roots.map(({ notAfter }) => notAfter))
  return (
    <>
      <span className="line">{cluster.meshId ?? 'mesh id unknown'}</span>
      <span className="line">{cluster.trustDomain ?? 'trust domain unknown'}</span>
      <span className="line quiet" title={roots.length > 0 ? `until ${absolute(endMs)}` : undefined}>
        root of trust <Words said={certificateText(roots, nowMs)} />
      </span>
    </>
  )
}

function Words({ said }: { said: Said }) {
  if (said.tone === undefined) return <span>{said.text}</span>
  return (
    <span className={`health wrap ${said.tone}`}>
      <Icon name={said.tone === 'failure' ? 'failure' : 'degraded'} />
      {said.text}
    </span>
  )
}
