/** Draws only the rows in sight when a table is long; all of them (and nothing to measure) when it is short. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState } from 'react'

/** Longer tables draw only what is in sight. */
export const virtualFrom = 200

export interface Rows<Row> {
  readonly drawn: readonly { row: Row; index: number }[]
  /** Pixels of the rows that are left out above and below. */
  readonly before: number
  readonly after: number
  /** For every row's `ref`. */
  readonly measure: ((element: Element | null) => void) | undefined
  /** For the table's `ref`. */
  readonly table: React.RefObject<HTMLTableElement | null>
}

export function useRows<Row>(rows: readonly Row[], estimatedHeight: number): Rows<Row> {
  const table = useRef<HTMLTableElement>(null)
  const [offset, setOffset] = useState(0)
  const virtual = rows.length > virtualFrom
  // After every drawing: a banner or filter above the table moves it. Setting the same number draws nothing.
  useLayoutEffect(() => {
    if (!virtual) return
    const element = table.current
    const scroller = document.getElementById('content')
    if (!element || !scroller) return
    setOffset(element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop)
  })
  const virtualizer = useVirtualizer({
    count: virtual ? rows.length : 0,
    getScrollElement: () => document.getElementById('content'),
    estimateSize: () => estimatedHeight,
    scrollMargin: offset,
    overscan: 12,
  })
  if (!virtual) {
    return { drawn: rows.map((row, index) => ({ row, index })), before: 0, after: 0, measure: undefined, table }
  }
  const seen = virtualizer.getVirtualItems()
  const first = seen[0]
  const last = seen.at(-1)
  return {
    drawn: seen.flatMap(({ index }) => {
      const row = rows[index]
      return row === undefined ? [] : [{ row, index }]
    }),
    before: first ? first.start - offset : 0,
    after: last ? virtualizer.getTotalSize() - (last.end - offset) : 0,
    measure: virtualizer.measureElement,
    table,
  }
}
