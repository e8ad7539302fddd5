/** The verdicts of one cluster: by namespace, type and name, so that an answer costs what it shows. */
import type { Verdict } from './verdict.ts'

/** Type: `networking.istio.io/v1, Kind=Gateway`, or `service`, `workload`. */
export type VerdictsOfNamespace = ReadonlyMap<string, ReadonlyMap<string, Verdict>>

export interface Verdicts {
  /** Grows with every verdict that changes. */
  readonly version: number
  /** In no particular order. */
  namespaces(): Iterable<string>
  in(namespace: string): VerdictsOfNamespace
  /** undefined: it is not validated. */
  set(namespace: string, type: string, name: string, verdict: Verdict | undefined): void
  /** Of a type all at once. */
  replace(namespace: string, type: string, verdicts: ReadonlyMap<string, Verdict>): void
}

const empty: VerdictsOfNamespace = new Map()

export function createVerdicts(): Verdicts {
  const places = new Map<string, Map<string, Map<string, Verdict>>>()
  let version = 0

  function typeOf(namespace: string, type: string): Map<string, Verdict> {
    let types = places.get(namespace)
    if (types === undefined) {
      types = new Map()
      places.set(namespace, types)
    }
    let names = types.get(type)
    if (names === undefined) {
      names = new Map()
      types.set(type, names)
    }
    return names
  }

  function prune(namespace: string, type: string): void {
    const types = places.get(namespace)
    if (types?.get(type)?.size === 0) types.delete(type)
    if (types?.size === 0) places.delete(namespace)
  }

  return {
    get version() {
      return version
    },
    namespaces: () => places.keys(),
    in: (namespace) => places.get(namespace) ?? empty,
    set: (namespace, type, name, verdict) => {
      const names = typeOf(namespace, type)
      if (verdict === undefined) {
        if (names.delete(name)) version++
        prune(namespace, type)
      } else if (names.get(name) !== verdict) {
        names.set(name, verdict)
        version++
      }
    },
    replace: (namespace, type, verdicts) => {
      const names = typeOf(namespace, type)
      const same = names.size === verdicts.size && [...verdicts].every(([name, verdict]) => names.get(name) === verdict)
      if (!same) {
        version++
        names.clear()
        for (const [name, verdict] of verdicts) names.set(name, verdict)
      }
      prune(namespace, type)
    },
  }
}
