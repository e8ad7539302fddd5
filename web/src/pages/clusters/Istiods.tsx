/** What each istiod of a cluster says of itself, and what it thinks of the other clusters: the fact nobody else shows. */
import type { ClusterControlPlane, ClusterStatus, IstiodPod } from '@binocle/api/multicluster'
import { ClusterName } from '../../components/ClusterChip.tsx'
import { counted, sentence } from '../../components/format.ts'
import { Icon, type IconName } from '../../components/Icon.tsx'
import { RelativeTime } from '../../components/RelativeTime.tsx'
import { ScrollX } from '../../components/ScrollX.tsx'

export function Istiods({ cluster }: { cluster: ClusterStatus }) {
  if (cluster.controlPlanes.length === 0) return null
  return (
    <section className="panel" aria-label={`Control planes of ${cluster.name}`}>
      <h2>Control planes</h2>
      {cluster.controlPlanes.map((plane) => (
        <Plane key={`${plane.namespace}/${plane.name}`} plane={plane} />
      ))}
    </section>
  )
}

function Plane({ plane }: { plane: ClusterControlPlane }) {
  const { namespace, name, revision, version, tags = [], id, manages, replicas, pods = [] } = plane
  return (
    <>
      <h3>
        {namespace}/{name} {version ?? ''}
      </h3>
      <p className="hint">
        Revision {revision}
        {tags.length > 0 ? `, tags ${tags.join(', ')}` : ''}
        {id === undefined ? '' : `, cluster id ${id}`}
        {replicas === undefined ? '' : `, ${replicas.available} of ${replicas.desired} replicas available`}
        {manages === undefined || manages.length === 0 ? '' : `. Manages ${manages.join(', ')}`}.
      </p>
      {pods.length === 0 ? (
        <p className="hint">None of its pods has been asked yet.</p>
      ) : (
        <ScrollX label={`Pods of ${name}`}>
          <table className="table">
            <caption className="visually-hidden">What each pod of {name} says</caption>
            <thead>
              <tr>
                <th scope="col">Pod</th>
                <th scope="col" className="number">
                  Proxies
                </th>
                <th scope="col">What it thinks of other clusters</th>
              </tr>
            </thead>
            <tbody>
              {pods.map((pod) => (
                <Pod key={pod.name} pod={pod} />
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </>
  )
}

function Pod({ pod }: { pod: IstiodPod }) {
  return (
    <tr>
      <th scope="row">
        <span className="line pod-name">{pod.name}</span>
        <span className="line quiet">
          {pod.version ?? 'version unknown'}
          {pod.ready === false ? ', not ready' : ''}
          {pod.asOf === undefined ? (
            ', has not answered'
          ) : (
            <>
              , as of <RelativeTime timeMs={pod.asOf} />
            </>
          )}
        </span>
      </th>
      <td className="number">{pod.proxies === undefined ? 'unknown' : counted(pod.proxies, 'proxy', 'proxies')}</td>
      <td>
        {pod.cause === undefined ? null : (
          <span className="line">
            {sentence(pod.cause.message)} {pod.cause.remedy === undefined ? '' : sentence(pod.cause.remedy)}{' '}
            <span className="code">{pod.cause.code}</span>
          </span>
        )}
        {pod.remotes?.length === 0 ? <span className="quiet">it reads no other cluster</span> : null}
        {pod.remotes?.map((remote) => {
          const { word, icon, tone } = syncWords[remote.syncStatus]
          return (
            <span key={`${remote.cluster} ${remote.secret ?? ''}`} className="line remote">
              <ClusterName name={remote.cluster} />
              <span className={`health ${tone}`}>
                <Icon name={icon} />
                {word}
              </span>
              {remote.secret === undefined ? null : <span className="quiet">by {remote.secret}</span>}
            </span>
          )
        })}
      </td>
    </tr>
  )
}

/** istiod's own words, as `/debug/clusterz` says them, in ours. */
const syncWords: Record<
  NonNullable<IstiodPod['remotes']>[number]['syncStatus'],
  { word: string; icon: IconName; tone: string }
> = {
  synced: { word: 'in step', icon: 'healthy', tone: 'healthy' },
  syncing: { word: 'still reading it', icon: 'syncing', tone: 'syncing' },
  timeout: { word: 'gave up: does not answer istiod', icon: 'failure', tone: 'failure' },
  closed: { word: 'no longer read', icon: 'na', tone: 'na' },
}
