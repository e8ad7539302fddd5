/**
 * What is wrong with services and workloads, one sentence for each cause and cluster: requests that fail are told of the
 * service, missing pods and lagging proxies of the workload.
 */
import { severity } from '@binocle/api/health'
import type { LogicalObject, Member, MeshProblem } from '@binocle/api/multicluster'

export function objectProblems(services: readonly LogicalObject[], workloads: readonly LogicalObject[]): MeshProblem[] {
  return [
    ...services.flatMap((service) => problemsOf(service, failingRequests)),
    ...workloads.flatMap((workload) => problemsOf(workload, missingPods)),
  ]
}

type Words = (object: LogicalObject, member: Member) => string | undefined

function problemsOf(object: LogicalObject, wordsOf: Words): MeshProblem[] {
  return object.members.flatMap((member): MeshProblem[] => {
    // What a silent cluster last said is not known to be wrong now; the cluster itself is the problem.
    if (member.stale === true || severity(member.health) < severity('Degraded')) return []
    const text = wordsOf(object, member)
    if (text === undefined) return []
    const { kind, namespace, name } = object
    const path = `/namespaces/${encodeURIComponent(namespace)}/${pages[kind]}/${encodeURIComponent(name)}`
    return [
      {
        severity: member.health,
        text,
        href: `${path}?clusterName=${encodeURIComponent(member.cluster)}`,
        cluster: member.cluster,
        namespace,
        kind,
        name,
      },
    ]
  })
}

const pages = { app: 'applications', service: 'services', workload: 'workloads' } as const

function failingRequests({ namespace, name }: LogicalObject, member: Member): string | undefined {
  if (member.requestRate === undefined || member.requestRate === 0) return undefined
  const share = member.errorPercent ?? 0
  if (share === 0) return `${name} in ${namespace} answers too many requests with 4xx in ${member.cluster}`
  return `${name} in ${namespace} fails ${rounded(share)} % of its requests in ${member.cluster}`
}

function missingPods({ namespace, name }: LogicalObject, member: Member): string | undefined {
  const { ready, desired, cluster } = member
  if (ready === undefined || desired === undefined || ready >= desired) return undefined
  return `${name} in ${namespace} has ${ready} of ${desired} pods ready in ${cluster}`
}

/** Two digits that mean something: 0.26, 3.4, 12. */
function rounded(percent: number): string {
  const digits = percent < 1 ? 2 : percent < 10 ? 1 : 0
  return percent.toFixed(digits)
}
