/** What a person at a terminal reads: errors without stack traces, with what to do. */
import { BinocleError } from '@binocle/server/errors'

/** Prints the error and ends the process with 1. */
export function fail(error: unknown): never {
  if (error instanceof BinocleError) {
    console.error(`${error.code}: ${error.message}`)
    if (error.remedy) console.error(`  ${error.remedy}`)
  } else console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

/** Resolves at the first SIGINT or SIGTERM. A second one ends the process at once. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      resolve()
      process.once('SIGINT', () => process.exit(130))
    }
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
  })
}
