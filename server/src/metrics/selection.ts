/** By which labels Istio's metrics name an object, at either end of a call. */
import type { Matcher } from '../telemetry/promql.ts'
import type { Target } from './query.ts'

/** A service calls nobody: of what goes out the whole namespace counts, which Kiali does not even narrow to it. */
export function objectMatchers(
  side: 'destination' | 'source',
  namespace: string,
  of: Target['of'],
): readonly Matcher[] {
  const is = (label: string, value: string): Matcher => ({ label, op: '=', value })
  if (of?.kind === 'service' && side === 'destination')
    return [
      is('destination_service_name', of.name),
      is('destination_service_namespace', of.outside === true ? 'unknown' : namespace),
    ]
  const own = is(`${side}_workload_namespace`, namespace)
  if (of?.kind === 'app') return [own, is(`${side}_canonical_service`, of.name)]
  return of?.kind === 'workload' ? [own, is(`${side}_workload`, of.name)] : [own]
}
