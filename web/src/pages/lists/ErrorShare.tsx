/** The share of failed requests in a cell of a list. */
import { percent } from '../../components/format.ts'

/** A share of nothing is not a number: no traffic, no error share. */
export function ErrorShare({ rps, errorPercent }: { rps: number | undefined; errorPercent: number | undefined }) {
  if (rps === undefined) return <span className="quiet">unknown</span>
  if (rps === 0 || errorPercent === undefined) return <span className="quiet">no traffic</span>
  return <span className={errorPercent > 0 ? 'errors' : undefined}>{percent(errorPercent)}</span>
}
