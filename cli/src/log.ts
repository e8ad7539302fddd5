/** The log: one JSON object a line on stderr, with what was not expected said plainly. Credentials never get this far. */
import type { Log } from '@binocle/server/kube/surroundings'

const levels = ['debug', 'info', 'warn', 'error'] as const

export function logFrom(
  least: (typeof levels)[number],
  write = (line: string) => process.stderr.write(`${line}\n`),
): Log {
  const floor = levels.indexOf(least)
  return (level, message, fields) => {
    if (levels.indexOf(level) < floor) return
    write(JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }))
  }
}
