/** What must hold for every layout, as one list of complaints; empty when all is well. */
import type { LayoutInput, LayoutResult } from '../layout/layoutTypes.ts'

export function complaints(input: LayoutInput, layout: LayoutResult): string[] {
  const found: string[] = []
  const rect = (i: number) => {
    const [x = 0, y = 0, w = 0, h = 0] = layout.rects.subarray(i * 4, i * 4 + 4)
    return { x, y, w, h }
  }
  const slack = 0.05
  const siblings = new Map<number, number[]>()
  input.nodes.forEach((node, i) => {
    siblings.set(node.parent, [...(siblings.get(node.parent) ?? []), i])
    const [own, box] = [
      rect(i),
      node.parent === -1 ? { x: 0, y: 0, w: layout.width, h: layout.height } : rect(node.parent),
    ]
    const title = node.parent === -1 ? 0 : 20
    if (
      own.x < box.x - slack ||
      own.y < box.y + title - slack ||
      own.x + own.w > box.x + box.w + slack ||
      own.y + own.h > box.y + box.h + slack
    )
      found.push(`${node.id} leaves its box`)
    if (!node.open && (own.w < node.width - slack || own.h < node.height - slack))
      found.push(`${node.id} is too small for its text`)
  })
  for (const group of siblings.values())
    for (const [n, a] of group.entries())
      for (const b of group.slice(n + 1)) {
        const [p, q] = [rect(a), rect(b)]
        if (p.x < q.x + q.w - slack && q.x < p.x + p.w - slack && p.y < q.y + q.h - slack && q.y < p.y + p.h - slack)
          found.push(`${input.nodes[a]?.id} lies over ${input.nodes[b]?.id}`)
      }
  input.edges.forEach((edge, i) => {
    const points = [...layout.points.subarray((layout.offsets[i] ?? 0) * 2, (layout.offsets[i + 1] ?? 0) * 2)]
    if (points.length < 4) found.push(`edge ${i} has no way`)
    if (!onBorder(rect(edge.source), points[0], points[1])) found.push(`edge ${i} does not start at its source`)
    if (!onBorder(rect(edge.target), points.at(-2), points.at(-1))) found.push(`edge ${i} does not end at its target`)
    for (let p = 2; p < points.length; p += 2) {
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = points.slice(p - 2, p + 2)
      if (Math.abs(x0 - x1) > slack && Math.abs(y0 - y1) > slack) found.push(`edge ${i} runs slanted`)
      input.nodes.forEach((node, n) => {
        const tile = rect(n)
        const through =
          Math.max(x0, x1) > tile.x + 1 &&
          Math.min(x0, x1) < tile.x + tile.w - 1 &&
          Math.max(y0, y1) > tile.y + 1 &&
          Math.min(y0, y1) < tile.y + tile.h - 1
        if (!node.open && through) found.push(`edge ${i} runs through ${node.id}`)
      })
    }
  })
  return found
}

function onBorder(rect: { x: number; y: number; w: number; h: number }, x = Number.NaN, y = Number.NaN): boolean {
  const side = Math.min(Math.abs(x - rect.x), Math.abs(x - rect.x - rect.w))
  return side < 0.1 && y >= rect.y && y <= rect.y + rect.h
}
