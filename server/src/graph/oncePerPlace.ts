/** Answers about places that are asked for again and again while one graph is built. */
import type { NamespaceRef } from '@binocle/api/identity'

/**
 * Asks once for each place. Looked up name by name: joining the names would cost more than the answer. Most questions are
 * about the place of the last one.
 */
export function oncePerPlace<T>(ask: (at: NamespaceRef) => T): (at: NamespaceRef) => T {
  const answers = new Map<string, Map<string, T>>()
  let lastCluster: string | undefined
  let lastInCluster = new Map<string, T>()
  let lastNamespace: string | undefined
  let lastAnswer: T | undefined
  return ({ cluster, namespace }) => {
    const isSameCluster = cluster === lastCluster
    if (isSameCluster && namespace === lastNamespace && lastAnswer !== undefined) return lastAnswer
    const inCluster = isSameCluster ? lastInCluster : (answers.get(cluster) ?? new Map<string, T>())
    if (!isSameCluster) answers.set(cluster, inCluster)
    let answer = inCluster.get(namespace)
    if (answer === undefined) {
      answer = ask({ cluster, namespace })
      inCluster.set(namespace, answer)
    }
    lastCluster = cluster
    lastInCluster = inCluster
    lastNamespace = namespace
    lastAnswer = answer
    return answer
  }
}
