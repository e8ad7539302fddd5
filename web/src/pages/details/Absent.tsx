/** The object is not in the cluster that was asked for: says so, and where it is. */
import type { LogicalKind } from '@binocle/api/identity'
import { Link } from '@tanstack/react-router'
import { detailRoutes, kindWords } from '../../components/detailRoutes.ts'
import { Empty } from '../../components/States.tsx'

interface AbsentProps {
  kind: LogicalKind
  name: string
  namespace: string
  cluster: string | undefined
  having: readonly string[]
}

export function Absent({ kind, name, namespace, cluster, having }: AbsentProps) {
  const { one } = kindWords[kind]
  return (
    <Empty title={`Not in ${cluster ?? 'any cluster that answers'}`}>
      <p>
        {cluster ?? 'No cluster'} has no {one} {name} in namespace {namespace}.
      </p>
      {having.length === 0 ? null : (
        <p className="found">
          Found in:
          {having.map((other) => (
            <Link
              key={other}
              to={detailRoutes[kind]}
              params={{ namespace, name }}
              search={(before) => ({ ...before, clusterName: other })}
              className="button small"
            >
              {other}
            </Link>
          ))}
        </p>
      )}
    </Empty>
  )
}
