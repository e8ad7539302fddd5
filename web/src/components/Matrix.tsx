/** Traffic from cluster to cluster. What crosses from one to another stands out from what stays at home. */

import type { TrafficCell } from '@binocle/api/multicluster'
import { ClusterName } from './ClusterChip.tsx'
import { percent, rate } from './format.ts'
import { ScrollX } from './ScrollX.tsx'

export function Matrix({ cells, caption }: { cells: readonly TrafficCell[]; caption: string }) {
  const sources = distinct(cells.map(({ source }) => source))
  const destinations = distinct(cells.map(({ destination }) => destination))
  if (cells.length === 0) return <p className="hint">No request was seen between clusters in this window.</p>
  return (
    <ScrollX label={caption}>
      <table className="table matrix">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">from \ to</th>
            {destinations.map((name) => (
              <th key={name} scope="col">
                <Place name={name} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sources.map((source) => (
            <tr key={source}>
              <th scope="row">
                <Place name={source} />
              </th>
              {destinations.map((destination) => (
                <Cell
                  key={destination}
                  crossing={source !== destination && source !== outside && destination !== outside}
                  cell={cells.find((cell) => cell.source === source && cell.destination === destination)}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  )
}

function Cell({ cell, crossing }: { cell: TrafficCell | undefined; crossing: boolean }) {
  if (cell === undefined || cell.rps === 0) return <td className="quiet">none</td>
  return (
    <td className={crossing ? 'crossing' : undefined}>
      <b>{rate(cell.rps)}</b>
      <span className={cell.errorPercent > 0 ? 'errors' : 'quiet'}>
        {percent(cell.errorPercent)} <span className="visually-hidden">errors</span>
      </span>
      {crossing ? <span className="visually-hidden">crosses clusters</span> : null}
    </td>
  )
}

/** Telemetry's word for a caller without a proxy: the world outside, mostly through a gateway. */
const outside = 'unknown'

/** In order; the outside last. */
const distinct = (names: readonly string[]): string[] =>
  [...new Set(names)].toSorted((a, b) => Number(a === outside) - Number(b === outside) || (a < b ? -1 : 1))

function Place({ name }: { name: string }) {
  return name === outside ? <span className="quiet">outside</span> : <ClusterName name={name} />
}
