/**
 * Regular expressions that somebody else has written: in the configuration, in an annotation. Go's syntax, as Kiali reads
 * them, and its promise: the time to match grows with the text, never faster. Node's own engine would try every way.
 */
import { RE2JS } from 're2js'

export interface Pattern {
  /** Whether it occurs in `text`. */
  test(text: string): boolean
}

/** Longer ones are as invalid as those that are none: what they repeat would be unrolled. */
const maxLength = 500
/** Codes, protocols, names: few of each, asked again and again. */
const maxAnswers = 5000

/** Throws when it is no pattern. */
export function patternOf(source: string): Pattern {
  if (source.length > maxLength) throw new Error(`longer than ${maxLength} characters`)
  if (everything.has(source)) return { test: () => true }
  const compiled = RE2JS.compile(source)
  const answers = new Map<string, boolean>()
  return {
    test: (text) => {
      const known = answers.get(text)
      if (known !== undefined) return known
      const answer = compiled.matcher(text).find()
      if (answers.size >= maxAnswers) answers.clear()
      answers.set(text, answer)
      return answer
    },
  }
}

const everything = new Set(['', '.*', '^.*', '.*$', '^.*$'])
