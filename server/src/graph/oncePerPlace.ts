/** Answers about places that are asked for again and again while one graph is built. */
import type { NamespaceRef } from '@binocle/api/identity'

/** Asks once for each place. Looked up name by name: joining the names would cost more than the answer. */
export function oncePerPlace<T>(ask: (at: NamespaceRef) => T): (at: NamespaceRef) => T {
  const answers = new Map<string, Map<string, T>>()
  return ({ cluster, namespace }) => {
    let inCluster = answers.get(cluster)
    if (inCluster === undefined) {
      inCluster = new Map()
      answers.set(cluster, inCluster)
    }
    let answer = inCluster.get(namespace)
    if (answer === undefined) {
      answer = ask({ cluster, namespace })
      inCluster.set(namespace, answer)
    }
    return answer
  }
}
