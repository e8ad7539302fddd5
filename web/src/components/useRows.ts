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
  const virtual = rows.length > virtualFrom
  const offset = useOffset(table, virtual)
  const virtualizer = useVirtualizer({
    count: virtual ? rows.length : 0,
    getScrollElement: () => document.getElementById('content'),
    estimateSize: () => estimatedHeight,
    scrollMargin: offset,
    overscan: 12,
    // Whole pixels, as measured by default, would not add up to the table's height.
    measureElement: (element) => element.getBoundingClientRect().height,
    useFlushSync: false,
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

/** Pixels from the top of what scrolls to the table. Banners and filters above it come and go, and move it. */
function useOffset(table: React.RefObject<HTMLTableElement | null>, wanted: boolean): number {
  const [offset, setOffset] = useState(0)
  useLayoutEffect(() => {
    const scroller = document.getElementById('content')
    if (!wanted || !scroller) return
    const measure = () => {
      const top = table.current?.getBoundingClientRect().top
      if (top !== undefined) setOffset(top - scroller.getBoundingClientRect().top + scroller.scrollTop)
    }
    const sizes = new ResizeObserver(measure)
    const watch = () => {
      sizes.disconnect()
      for (const above of [...scroller.children, ...(table.current?.parentElement?.children ?? [])])
        if (above !== table.current && !above.contains(table.current)) sizes.observe(above)
      sizes.observe(scroller)
    }
    const family = new MutationObserver(watch)
    family.observe(scroller, { childList: true })
    if (table.current?.parentElement) family.observe(table.current.parentElement, { childList: true })
    watch()
    measure()
    return () => {
      sizes.disconnect()
      family.disconnect()
    }
  }, [table, wanted])
  return offset
}
