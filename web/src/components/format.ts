/** Numbers and times as people read them. Every number carries its unit; absent ones are said, not left blank. */

/** Requests per second: three significant digits at most, never `0` for something. */
export function rate(rps: number | undefined): string {
  if (rps === undefined) return 'unknown'
  if (rps === 0) return '0 rps'
  if (rps < 0.01) return '< 0.01 rps'
  return `${significant(rps)} rps`
}

/** Percent of failed requests. A small share never reads as none, nor an incomplete one as all. */
export function percent(share: number | undefined): string {
  if (share === undefined) return 'unknown'
  if (share <= 0) return '0 %'
  if (share < 0.1) return '< 0.1 %'
  if (share > 99.9 && share < 100) return '> 99.9 %'
  return `${share >= 10 ? trimmed(share.toFixed(1)) : trimmed(share.toFixed(2))} %`
}

/** `12 B`, `3.4 kB`, `12 MB`: powers of ten, three digits at most. */
export function byteCount(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1e6 ? `${significant(bytes / 1e3)} kB` : `${significant(bytes / 1e6)} MB`
}

/** `3 services`, `1 service`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`

/** Ends a text that came from elsewhere as a sentence, unless it does. */
export const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

/** `12 s ago`, `5 min ago`, `3 h ago`, `2 d ago`; both times are Unix milliseconds. */
export function ago(thenMs: number, nowMs: number): string {
  const passed = age(thenMs, nowMs)
  return passed === 'now' ? 'just now' : `${passed} ago`
}

/** `12 s`, `5 min`, `3 h`, `2 d`, `now` below two seconds. A future time (skewed clocks) counts as now. */
export function age(thenMs: number, nowMs: number): string {
  const seconds = Math.floor((nowMs - thenMs) / 1000)
  if (seconds < 2) return 'now'
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`
}

/** For a title: the viewer's own date and time with the zone. */
export const absolute = (timeMs: number): string =>
  new Date(timeMs).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' })

function significant(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en')
  if (value >= 100) return String(Math.round(value))
  return trimmed(value.toFixed(value >= 10 ? 1 : 2))
}

const trimmed = (digits: string): string => (digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits)
