/** The log: one JSON object a line on stderr, with what was not expected said plainly. Credentials never get this far. */
import type { Log } from '@binocle/server/kube/surroundings'

const levels = ['debug', 'info', 'warn', 'error'] as const

const toStderr = (line: string): void => void process.stderr.write(`${line}\n`)

/** Lines of the audit stand among the others, whatever the level is: each says `"audit":true`. */
export const auditLine = toStderr

export function logFrom(least: (typeof levels)[number], write = toStderr): Log {
  const floor = levels.indexOf(least)
  return (level, message, fields) => {
    if (levels.indexOf(level) < floor) return
    write(JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }))
  }
}
