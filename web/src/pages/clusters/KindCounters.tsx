/** How the console follows each kind of a cluster: what it holds, what it was told, and where it is denied or behind. */
import type { ClusterDiagnostics, KindDiagnostics } from '@binocle/api/multicluster'
import { useQuery } from '@tanstack/react-query'
import { ClusterProblems } from '../../components/ClusterProblems.tsx'
import { remaining } from '../../components/clusterWords.ts'
import { byteCount, counted, sentence } from '../../components/format.ts'
import { Icon, type IconName } from '../../components/Icon.tsx'
import { ScrollX } from '../../components/ScrollX.tsx'
import { diagnosticsQuery } from '../../data/queries.ts'

export function KindCounters({ cluster }: { cluster: string }) {
  const { data } = useQuery(diagnosticsQuery())
  const found = data?.clusters.find(({ name }) => name === cluster)
  if (found === undefined || found.kinds.length === 0) return null
  return <Counters cluster={found} />
}

function Counters({ cluster: { name, origin, notes, kinds } }: { cluster: ClusterDiagnostics }) {
  const behind = kinds.filter(({ state }) => state !== 'live' && state !== 'absent')
  const objects = kinds.reduce((sum, kind) => sum + kind.objects, 0)
  const rows = kinds.toSorted((a, b) => urgency(b) - urgency(a) || b.objects - a.objects)
  return (
    <section className="panel wide" aria-label={`What is followed in ${name}`}>
      <ClusterProblems problems={notes} tone="degraded" />
      <details className="kinds">
        <summary>
          {counted(kinds.length, 'kind')} followed, {counted(objects, 'object')}{' '}
          <span className="hint">
            declared by {origin}. {behind.length === 0 ? 'All are in step' : `${behind.length} not in step`}.
          </span>
        </summary>
        <ScrollX label={`Kinds followed in ${name}`}>
          <table className="table">
            <caption className="visually-hidden">Counters per kind of {name}</caption>
            <thead>
              <tr>
                <th scope="col">Kind</th>
                <th scope="col">State</th>
                <th scope="col" className="number">
                  Objects
                </th>
                <th scope="col" className="number">
                  Events
                </th>
                <th scope="col" className="number">
                  Read
                </th>
                <th scope="col" className="number">
                  In step
                </th>
                <th scope="col" className="number">
                  Lists, restarts
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((kind) => (
                <Row key={kind.kind} kind={kind} />
              ))}
            </tbody>
          </table>
        </ScrollX>
      </details>
    </section>
  )
}

function Row({ kind }: { kind: KindDiagnostics }) {
  const { word, icon, tone } = stateWords[kind.state]
  return (
    <tr>
      <th scope="row">
        {kind.kind} <span className="quiet">{kind.version}</span>
      </th>
      <td>
        <span className={`health ${tone}`}>
          <Icon name={icon} />
          {word}
        </span>
        {kind.cause === undefined ? null : <span className="line">{sentence(kind.cause.message)}</span>}
        {kind.denied.length === 0 ? null : <span className="line quiet">{kind.denied.join(' and ')} denied</span>}
        {kind.namespaces === undefined ? null : (
          <span className="line quiet">only in {counted(kind.namespaces.length, 'namespace')}</span>
        )}
        {kind.mode === 'polled' ? <span className="line quiet">listed again and again</span> : null}
      </td>
      <td className="number">
        {kind.objects.toLocaleString('en')}
        {kind.rejected === 0 ? null : <span className="line errors">{kind.rejected} unreadable</span>}
      </td>
      <td className="number">{kind.events.toLocaleString('en')}</td>
      <td className="number">{byteCount(kind.bytes)}</td>
      <td className="number">{kind.ageMs === undefined ? 'never' : since(kind.ageMs)}</td>
      <td className="number">
        {kind.relists}, {kind.restarts}
      </td>
    </tr>
  )
}

const since = (ageMs: number): string =>
  ageMs < 60_000 ? `${Math.round(ageMs / 1000)} s ago` : `${remaining(ageMs)} ago`

const stateWords: Record<KindDiagnostics['state'], { word: string; icon: IconName; tone: string }> = {
  live: { word: 'in step', icon: 'healthy', tone: 'healthy' },
  syncing: { word: 'being read', icon: 'syncing', tone: 'syncing' },
  stale: { word: 'old', icon: 'clock', tone: 'degraded' },
  failed: { word: 'failed', icon: 'failure', tone: 'failure' },
  forbidden: { word: 'forbidden', icon: 'lock', tone: 'not-ready' },
  absent: { word: 'not there', icon: 'na', tone: 'na' },
}

const urgency = ({ state }: KindDiagnostics): number =>
  ['absent', 'live', 'syncing', 'stale', 'forbidden', 'failed'].indexOf(state)
