/** A health as icon and word. */
import type { HealthStatus } from '@binocle/api/health'
import { healthWords } from './healthWords.ts'
import { Icon } from './Icon.tsx'

export function Health({ status, note }: { status: HealthStatus; note?: string | undefined }) {
  const { word, icon, tone } = healthWords[status]
  const mark = (
    <span className={`health ${tone}`}>
      <Icon name={icon} />
      {word}
    </span>
  )
  return note === undefined ? (
    mark
  ) : (
    <>
      {mark} <span className="health-note">{note}</span>
    </>
  )
}
