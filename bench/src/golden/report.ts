/** The report: a line for each route, and the first differences where asked for. */
import type { Difference } from './compare.ts'
import { byRoute, tally, type Verdict } from './verdict.ts'

/** `show`: how many differing requests of each route are explained. */
export function report(verdicts: readonly Verdict[], show: number): string {
  const lines = [' equal listed differ  route']
  for (const { route, verdicts: of } of byRoute(verdicts)) {
    const { different, equal, listed } = tally(of)
    lines.push(`${pad(equal)} ${pad(listed)} ${pad(different)}  ${route}`)
    for (const verdict of of.filter(({ outcome }) => outcome === 'different').slice(0, show))
      lines.push(...explain(verdict))
  }
  return lines.join('\n')
}

const pad = (count: number): string => String(count).padStart(6)

function explain({ request, unlisted }: Verdict): string[] {
  const more = unlisted.length > 3 ? [`        and ${unlisted.length - 3} more`] : []
  return [`      ${request.n} ${request.method} ${request.path}`, ...unlisted.slice(0, 3).map(line), ...more]
}

const line = ({ place, recorded, ours }: Difference): string =>
  `        ${place || '(body)'}: recorded ${brief(recorded)}, ours ${brief(ours)}`

const brief = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 160 ? `${text.slice(0, 160)}...` : text
}
