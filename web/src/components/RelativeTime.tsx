/** A moment, said relative to now; the absolute time shows on hover. */
import { useNow } from './clock.ts'
import { absolute, age, ago } from './format.ts'

/** `timeMs`: Unix milliseconds. `bare`: `12 s` instead of `12 s ago`. */
export function RelativeTime({ timeMs, bare = false }: { timeMs: number; bare?: boolean }) {
  const now = useNow()
  return (
    <time dateTime={new Date(timeMs).toISOString()} title={absolute(timeMs)}>
      {bare ? age(timeMs, now) : ago(timeMs, now)}
    </time>
  )
}
