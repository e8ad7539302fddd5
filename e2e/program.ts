/** The built program as a person starts it: in an empty HOME, spoken to over the network only. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const program = join(import.meta.dirname, '..', 'dist', 'binocle.js')

export interface Program {
  /** All it has printed so far. */
  said(): string
  /** Resolves with the first match of what it prints; rejects when it ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  /** Its exit code, when it ends by itself. */
  readonly ended: Promise<number | null>
  signal(name: NodeJS.Signals): void
  stop(): Promise<void>
}

/** A word that is an object is added to its environment. */
export function start(...given: readonly (string | Readonly<Record<string, string>>)[]): Program {
  const words = given.flatMap((word) => (typeof word === 'string' ? [word] : []))
  const env = Object.assign({}, ...given.filter((word) => typeof word !== 'string'))
  const home = mkdtempSync(join(tmpdir(), 'binocle-home-'))
  const child = spawn(process.execPath, [program, ...words], {
    env: { PATH: process.env.PATH ?? '', HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const listeners = new Set<() => void>()
  const hear = (chunk: Buffer) => {
    text += chunk.toString('utf8')
    for (const listener of listeners) listener()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return {
    said: () => text,
    ended,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(text)
          if (match === null) return
          listeners.delete(look)
          resolve(match)
        }
        listeners.add(look)
        look()
        void ended.then(() => reject(new Error(`binocle ${words.join(' ')} ended without ${pattern}:\n${text}`)))
      }),
    signal: (name) => void child.kill(name),
    async stop() {
      end(child)
      await ended
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function end(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
}

export interface Demo extends Program {
  /** Of the page, with a final slash. */
  readonly url: string
  readonly controlUrl: string
}

/** `binocle demo` on free ports, ready to be looked at. */
export async function startDemo(...words: string[]): Promise<Demo> {
  const demo = start('demo', '--port', '0', ...words)
  const [, url = ''] = await demo.says(/^ {2}(http:\/\/\S+\/)$/m)
  const [, controlUrl = ''] = await demo.says(/curl -X POST (http:\/\/127\.0\.0\.1:\d+)\//)
  return { ...demo, url, controlUrl }
}

/** Breaks or heals a part of the simulated mesh, e.g. `clusters/west/down`. */
export async function control(demo: Demo, action: string): Promise<void> {
  const answer = await fetch(`${demo.controlUrl}/${action}`, { method: 'POST' })
  if (!answer.ok) throw new Error(`${action}: ${answer.status} ${await answer.text()}`)
}
