/** Things by cluster and namespace, without making a text of both for each of them. */

const none: readonly never[] = []

export class Places<T> {
  readonly #clusters = new Map<string, Map<string, T[]>>()

  add(cluster: string | undefined, namespace: string | undefined, one: T): void {
    let namespaces = this.#clusters.get(cluster ?? '')
    if (namespaces === undefined) {
      namespaces = new Map()
      this.#clusters.set(cluster ?? '', namespaces)
    }
    const there = namespaces.get(namespace ?? '')
    if (there === undefined) namespaces.set(namespace ?? '', [one])
    else there.push(one)
  }

  at(cluster: string, namespace: string): readonly T[] {
    return this.#clusters.get(cluster)?.get(namespace) ?? none
  }

  *entries(): Iterable<readonly [string, string, readonly T[]]> {
    for (const [cluster, namespaces] of this.#clusters) {
      for (const [namespace, there] of namespaces) yield [cluster, namespace, there]
    }
  }
}
