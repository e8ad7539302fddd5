/** Starts the built program as its own process and reads what the operating system says of it (Linux' /proc). */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Bundled into dist/tools; the program lies beside. */
const program = join(import.meta.dirname, '..', 'binocle.js')

export interface Started {
  readonly process: ChildProcess
  readonly pid: number
  /** The line that matched. */
  readonly line: RegExpExecArray
  /** `performance.now()` when the process was started. */
  readonly startedAtMs: number
  stop(): Promise<void>
}

/**
 * Resolves when the program prints a line that matches; rejects with what it said when it ends before. `flags` are
 * Node's own.
 */
export function startProgram(words: readonly string[], ready: RegExp, flags: readonly string[] = []): Promise<Started> {
  const startedAtMs = performance.now()
  const child = spawn(process.execPath, [...flags, program, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said: string[] = []
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`binocle ${words.join(' ')} ended:\n${said.join('\n')}`))
    child.on('exit', ended)
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line)
      const match = ready.exec(line)
      if (match === null || child.pid === undefined) return
      child.off('exit', ended)
      resolve({ process: child, pid: child.pid, line: match, startedAtMs, stop: () => stopped(child) })
    })
  })
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.on('exit', () => resolve())
    child.kill('SIGTERM')
  })
}

export interface ProcessFigures {
  readonly rssMB: number
  readonly peakRssMB: number
  readonly cpuMs: number
}

export function figuresOf(pid: number): ProcessFigures {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kB = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN)
  // Fields 14 and 15 of stat, after the parenthesised name: ticks of 10 ms in user and system mode.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return { rssMB: kB('VmRSS') / 1024, peakRssMB: kB('VmHWM') / 1024, cpuMs: ticks * 10 }
}
