/** Draws attributes x clusters; rows that differ first and marked. */

import type { Problem } from '@binocle/api/problem'
import { ClusterName } from '../../components/ClusterChip.tsx'
import { counted, percent, rate } from '../../components/format.ts'
import { Health } from '../../components/Health.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Labels } from '../../components/Labels.tsx'
import { RelativeTime } from '../../components/RelativeTime.tsx'
import { ScrollX } from '../../components/ScrollX.tsx'
import type { Row, Value } from './sideBySide.ts'

interface Props {
  caption: string
  rows: readonly Row[]
  clusters: readonly string[]
  /** Clusters whose facts are old, and why. */
  silent: readonly Problem[]
}

export function SideBySide({ caption, rows, clusters, silent }: Props) {
  return (
    <ScrollX label={caption}>
      <table className="table sides">
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col" className="w-attribute">
              Attribute
            </th>
            {clusters.map((name) => (
              <th key={name} scope="col">
                <ClusterName name={name} />
                {silent.some(({ cluster }) => cluster === name) ? <StaleMark /> : null}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, values, differs }) => (
            <tr key={name} className={differs ? 'differing' : undefined}>
              <th scope="row">
                {name}
                {differs ? (
                  <span className="differs" title="Differs between clusters">
                    <Icon name="differs" />
                    <span className="visually-hidden">differs</span>
                  </span>
                ) : null}
              </th>
              {clusters.map((cluster) => (
                <td key={cluster}>
                  <Said value={values.get(cluster)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  )
}

function StaleMark() {
  return (
    <span className="badge stale">
      <Icon name="clock" />
      stale
    </span>
  )
}

function Said({ value }: { value: Value | undefined }) {
  if (value === undefined) return <span className="quiet">none</span>
  switch (value.is) {
    case 'text':
      return value.text
    case 'texts':
      return value.texts.map((text) => (
        <span key={text} className="line">
          {text}
        </span>
      ))
    case 'labels':
      return <Labels labels={value.labels} />
    case 'health':
      return <Health status={value.health} />
    case 'ready':
      return <Ready available={value.available} desired={value.desired} />
    case 'time':
      return <RelativeTime timeMs={value.timeMs} />
    case 'traffic':
      return value.errorPercent === undefined ? (
        <span className="quiet">no traffic</span>
      ) : (
        <span>
          <b>{rate(value.rps)}</b>{' '}
          <span className={value.errorPercent > 0 ? 'errors' : 'quiet'}>{percent(value.errorPercent)} errors</span>
        </span>
      )
  }
}

function Ready({ available, desired }: { available: number; desired: number }) {
  const text = `${available} of ${counted(desired, 'replica')}`
  if (available >= desired) return text
  return (
    <span className={`health ${available === 0 ? 'failure' : 'degraded'}`}>
      <Icon name={available === 0 ? 'failure' : 'degraded'} />
      {text}
    </span>
  )
}
