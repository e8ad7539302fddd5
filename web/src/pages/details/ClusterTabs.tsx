/** Switches a detail page between all clusters and one of them. */
import type { LogicalKind } from '@binocle/api/identity'
import { Link } from '@tanstack/react-router'
import { usePageSearch } from '../../app/useScope.ts'
import { type Chip, ChipFace } from '../../components/ClusterChip.tsx'
import { detailRoutes } from '../../components/detailRoutes.ts'

interface Props {
  kind: LogicalKind
  namespace: string
  name: string
  chips: readonly Chip[]
}

export function ClusterTabs({ kind, namespace, name, chips }: Props) {
  const { clusterName } = usePageSearch()
  const tab = (cluster: string | undefined) => ({
    to: detailRoutes[kind],
    params: { namespace, name },
    search: { clusterName: cluster },
    className: 'tab',
    activeOptions: { exact: true },
    'aria-current': clusterName === cluster ? ('page' as const) : undefined,
  })
  return (
    <nav className="tabs" aria-label="Clusters of this object">
      <Link {...tab(undefined)}>All clusters</Link>
      {chips.map((chip) => (
        <Link key={chip.cluster} {...tab(chip.cluster)}>
          <ChipFace {...chip} />
        </Link>
      ))}
    </nav>
  )
}
