/**
 * Who has read what: an evaluation runs, the facts it reads are remembered, and when one of them changes it is due
 * again. So the cost of a change is that of its readers, and no check has to declare what it depends on.
 */

/** Something that is computed from facts, and computed again when one of them changes. */
export interface Evaluation {
  /** Called once when a fact that the last run read has changed. */
  readonly due: () => void
  readonly facts: Fact[]
}

/** Most facts have one reader: a set is made for the second. */
interface Fact {
  readonly key: string
  readers: Evaluation | Set<Evaluation> | undefined
}

export interface Tracker {
  /** Runs `compute` and remembers what it reads on behalf of the evaluation. */
  run<T>(evaluation: Evaluation, compute: () => T): T
  /** Whoever runs now depends on this key. */
  read(key: string): void
  changed(key: string): void
  /** A value that many evaluations share: computed when read, forgotten when what it was made from changes. */
  memo<T>(key: string, compute: () => T): () => T
  /** The evaluation is not wanted any more. */
  forget(evaluation: Evaluation): void
}

export const evaluation = (due: () => void): Evaluation => ({ due, facts: [] })

export function createTracker(): Tracker {
  const facts = new Map<string, Fact>()
  let running: Evaluation | undefined

  function read(key: string): void {
    if (running === undefined) return
    let fact = facts.get(key)
    if (fact === undefined) {
      fact = { key, readers: undefined }
      facts.set(key, fact)
    }
    const { readers } = fact
    if (readers === running) return
    if (readers instanceof Set) {
      if (readers.has(running)) return
      readers.add(running)
    } else fact.readers = readers === undefined ? running : new Set([readers, running])
    running.facts.push(fact)
  }

  function forget(reader: Evaluation): void {
    for (const fact of reader.facts) {
      if (fact.readers instanceof Set) {
        fact.readers.delete(reader)
        if (fact.readers.size > 0) continue
      }
      fact.readers = undefined
      facts.delete(fact.key)
    }
    reader.facts.length = 0
  }

  function changed(key: string): void {
    const fact = facts.get(key)
    if (fact === undefined) return
    const { readers } = fact
    for (const reader of readers instanceof Set ? [...readers] : readers === undefined ? [] : [readers]) {
      forget(reader)
      reader.due()
    }
  }

  function run<T>(reader: Evaluation, compute: () => T): T {
    forget(reader)
    const outer = running
    running = reader
    try {
      return compute()
    } finally {
      running = outer
    }
  }

  function memo<T>(key: string, compute: () => T): () => T {
    let held: { readonly value: T } | undefined
    const self = evaluation(() => {
      held = undefined
      changed(key)
    })
    return () => {
      read(key)
      held ??= { value: run(self, compute) }
      return held.value
    }
  }

  return { run, read, changed, memo, forget }
}
