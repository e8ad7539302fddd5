/**
 * Who has read what: an evaluation runs, the facts it reads are remembered, and when one of them changes it is due
 * again. So the cost of a change is that of its readers, and no check has to declare what it depends on.
 */

/** Something that is computed from facts, and computed again when one of them changes. */
export interface Evaluation {
  /** Called once when a fact that the last run read has changed. */
  due(): void
  /** What the last run read. */
  facts: readonly Fact[]
}

/** Something that can be read. */
export interface Fact {
  readonly key: string
  /** Where it is kept by its key as long as somebody reads it. */
  readonly home: Home
  /** Stays at home without readers, for what else it holds. */
  isHeld: boolean
  /** Most have one reader: a set is made for the second. */
  readers: Evaluation | Set<Evaluation> | undefined
}

interface Home {
  delete(key: string): unknown
}

export interface Tracker {
  /** Runs `compute` and remembers what it reads on behalf of the evaluation. */
  run<T>(evaluation: Evaluation, compute: () => T): T
  /** Whether somebody runs, on whose behalf reads are remembered. */
  readonly isRunning: boolean
  /** Whoever runs now depends on this key. */
  read(key: string): void
  changed(key: string): void
  /** The same of a fact that has a home of its own. */
  readFact(fact: Fact): void
  factChanged(fact: Fact): void
  /** A value that many evaluations share: computed when read, forgotten when what it was made from changes. */
  memo<T>(key: string, compute: () => T): () => T
  /** The evaluation is not wanted any more. */
  forget(evaluation: Evaluation): void
}

const nothing: readonly Fact[] = []

const evaluation = (due: () => void): Evaluation => ({ due, facts: nothing })

export const factOf = (key: string, home: Home): Fact => ({ key, home, isHeld: false, readers: undefined })

export function createTracker(): Tracker {
  const facts = new Map<string, Fact>()
  let running: Evaluation | undefined
  /** Of the one that runs. */
  let reads: Fact[] = []

  function read(key: string): void {
    if (running === undefined) return
    let fact = facts.get(key)
    if (fact === undefined) {
      fact = factOf(key, facts)
      facts.set(key, fact)
    }
    readFact(fact)
  }

  function readFact(fact: Fact): void {
    if (running === undefined) return
    const { readers } = fact
    if (readers === running) return
    if (readers instanceof Set) {
      if (readers.has(running)) return
      readers.add(running)
    } else fact.readers = readers === undefined ? running : new Set([readers, running])
    reads.push(fact)
  }

  function forget(reader: Evaluation): void {
    for (const fact of reader.facts) {
      if (fact.readers instanceof Set) {
        fact.readers.delete(reader)
        if (fact.readers.size > 0) continue
      }
      fact.readers = undefined
      if (!fact.isHeld) fact.home.delete(fact.key)
    }
    reader.facts = nothing
  }

  function changed(key: string): void {
    const fact = facts.get(key)
    if (fact !== undefined) factChanged(fact)
  }

  function factChanged({ readers }: Fact): void {
    for (const reader of readers instanceof Set ? [...readers] : readers === undefined ? [] : [readers]) {
      forget(reader)
      reader.due()
    }
  }

  function run<T>(reader: Evaluation, compute: () => T): T {
    forget(reader)
    const [outer, outerReads] = [running, reads]
    running = reader
    reads = []
    try {
      return compute()
    } finally {
      // A copy is as long as what it holds; a list that has grown is up to sixteen places longer, for each object.
      reader.facts = reads.slice()
      running = outer
      reads = outerReads
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

  return {
    get isRunning() {
      return running !== undefined
    },
    run,
    read,
    changed,
    readFact,
    factChanged,
    memo,
    forget,
  }
}
