/** What every answer must hold, whoever asks and whatever is asked. Each tells what is wrong, or undefined. */
import type { Viewer } from '../../access/scope.ts'
import type { Asked, Bed, Told } from './bed.ts'
import { allowedMarkers, markersIn } from './markers.ts'

/** Texts that the viewer may not read. What he wrote himself is no news to him. */
export async function leakOf(bed: Bed, viewer: Viewer, asked: Asked): Promise<string | undefined> {
  const told = await bed.ask(viewer, asked)
  const allowed = allowedMarkers(viewer.scope)
  const text = withoutEcho(`${told.headers} ${told.body}`, asked)
  const leaked = [...markersIn(text)].filter((mark) => !allowed.has(mark))
  const [first] = leaked
  if (first === undefined) return undefined
  const at = text.toLowerCase().indexOf(first)
  return `${asked.method} ${asked.url} tells ${leaked.join(', ')}: ...${text.slice(Math.max(0, at - 200), at + 80)}...`
}

/** Two worlds that differ only in what the viewer may not see answer alike. */
export async function differenceOf(
  beds: readonly [Bed, Bed],
  viewer: Viewer,
  asked: Asked,
): Promise<string | undefined> {
  const [first, second] = await Promise.all([beds[0].ask(viewer, asked), beds[1].ask(viewer, asked)])
  return unlike(first, second, asked)
}

/** A name that exists and may not be seen is answered like one that does not exist. */
export async function oracleOf(bed: Bed, viewer: Viewer, asked: Asked, hidden: string): Promise<string | undefined> {
  const absent = absentNameLike(hidden)
  const swapped = {
    ...asked,
    url: asked.url.replaceAll(encodeURIComponent(hidden), encodeURIComponent(absent)),
    ...(asked.body === undefined ? {} : { body: asked.body.replaceAll(hidden, absent) }),
  }
  const first = await bed.ask(viewer, asked)
  const second = await bed.ask(viewer, swapped)
  const renamed = { ...second, body: second.body.replaceAll(absent, hidden) }
  return unlike(first, renamed, asked)
}

/** Of the same length, and nowhere in the world. */
const absentNameLike = (name: string): string => `${name.slice(0, -1)}0`

function unlike(first: Told, second: Told, { method, url }: Asked): string | undefined {
  const texts = [first, second].map(({ body, headers, status }) => `${status} ${headers} ${body}`)
  const [a = '', b = ''] = texts
  if (a === b) return undefined
  let at = 0
  while (a[at] === b[at]) at++
  const around = (text: string): string => text.slice(Math.max(0, at - 200), at + 120)
  return `${method} ${url} answers\n  ...${around(a)}...\nor\n  ...${around(b)}...`
}

/** Words of the URL and of the body that are names; shorter ones mark nothing. */
export function withoutEcho(text: string, { url, body = '' }: Asked): string {
  const words = [...decodeURIComponent(url.replaceAll('+', ' ')).split(/[/?&=,;]/), ...body.split('"')].filter(
    (word) => markersIn(word).size > 0,
  )
  const longestFirst = [...new Set(words)].sort((a, b) => b.length - a.length)
  return longestFirst.reduce((rest, word) => rest.replaceAll(word, ''), text)
}
