/** One member of a logical object: its cluster, its health as icon and word, and whether the facts are old. */
import type { HealthStatus } from '@binocle/api/health'
import type { LogicalKind } from '@binocle/api/identity'
import { Link } from '@tanstack/react-router'
import { detailRoutes } from './detailRoutes.ts'
import { healthWords } from './healthWords.ts'
import { Icon } from './Icon.tsx'
import { useTint } from './TintContext.ts'

export function ClusterName({ name }: { name: string }) {
  return (
    <span className="cluster-name">
      <span className="tint" data-tint={useTint(name)} aria-hidden="true" />
      {name}
    </span>
  )
}

export interface Chip {
  cluster: string
  health: HealthStatus
  stale?: boolean | undefined
}

/** What the chip says beside the cluster's name. Well or silent members say it to screen readers and on hover only. */
export function ChipFace({ cluster, health, stale }: Chip) {
  const { word, icon, tone } = healthWords[health]
  const spoken = stale ? `${word} when last seen` : word
  const quiet = !stale && (health === 'Healthy' || health === 'NA')
  return (
    <span className={`chip ${tone}${stale ? ' stale' : ''}`} title={`${cluster}: ${spoken}`}>
      <ClusterName name={cluster} />
      <Icon name={stale ? 'clock' : icon} />
      <span className={quiet ? 'visually-hidden' : undefined}>{stale ? `${word}, stale` : word}</span>
    </span>
  )
}

/** The chip as a link to the part in that cluster. */
export function ClusterChip({
  kind,
  namespace,
  name,
  ...chip
}: Chip & { kind: LogicalKind; namespace: string; name: string }) {
  return (
    <Link
      to={detailRoutes[kind]}
      params={{ namespace, name }}
      search={(before) => ({ ...before, clusterName: chip.cluster })}
      className="chip-link"
    >
      <ChipFace {...chip} />
    </Link>
  )
}
