/** Asks the server to try a cluster again at once instead of after its pause. The event stream tells what came of it. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Icon } from '../components/Icon.tsx'
import { problemOf } from '../components/States.tsx'
import { retryCluster } from '../data/actions.ts'
import { topics } from '../data/queries.ts'

export function RetryCluster({ cluster, small = false }: { cluster: string; small?: boolean }) {
  const client = useQueryClient()
  const retry = useMutation({
    mutationFn: () => retryCluster(cluster),
    onSuccess: () => client.invalidateQueries({ queryKey: [topics.clusters] }),
  })
  return (
    <>
      <button
        type="button"
        className={small ? 'button small' : 'button'}
        disabled={retry.isPending}
        onClick={() => retry.mutate()}
      >
        <Icon name="refresh" /> Retry {cluster} now
      </button>
      {retry.error ? <span role="alert">{problemOf(retry.error).message}</span> : null}
    </>
  )
}
