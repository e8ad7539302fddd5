/**
 * Files and folders that are read again when they change. They are looked at twice a second, by their stamps: that
 * sees an edit, a replaced file and the swapped symlink of a mounted Secret alike, on every file system.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import type { Timers } from '../kube/surroundings.ts'
import { fileStamp } from '../outbound/fileStamp.ts'

/** Reading through it is what makes a file watched, whether it is there or not. Methods throw as `node:fs` does. */
export interface Files {
  text(path: string): string
  /** Names within, in order; either folders alone or all others, dangling links included. */
  names(folder: string, wanted: 'files' | 'folders'): readonly string[]
}

export interface WatchedFiles<T> {
  readonly value: T
  stop(): void
}

const lookEveryMs = 500

/** `read` is called again when anything it read has changed; `onChange` hears of all but the first reading. */
export function watchFiles<T>(
  read: (files: Files) => T,
  timers: Timers,
  onChange: (value: T) => void,
): WatchedFiles<T> {
  let stamps = new Map<string, string>()
  let changing = false
  let value = readAll()
  let cancel = timers.after(lookEveryMs, look)

  /** Stamps are taken before the content: what changes in between is seen at the next look. */
  function readAll(): T {
    const seen = new Map<string, string>()
    stamps = seen
    const stamp = (path: string): void => {
      if (!seen.has(path)) seen.set(path, fileStamp(path))
    }
    return read({
      text: (path) => {
        stamp(path)
        return readFileSync(path, 'utf8')
      },
      names: (folder, wanted) => {
        stamp(folder)
        return readdirSync(folder)
          .sort()
          .filter((name) => {
            const path = `${folder}/${name}`
            stamp(path)
            const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
            return isFolder === (wanted === 'folders')
          })
      },
    })
  }

  function look(): void {
    cancel = timers.after(lookEveryMs, look)
    const changed = [...stamps].some(([path, stamp]) => fileStamp(path) !== stamp)
    // Read at the look after: until then whoever is writing has finished.
    const ready = changed && changing
    changing = changed && !ready
    if (!ready) return
    value = readAll()
    onChange(value)
  }

  return {
    get value() {
      return value
    },
    stop: () => cancel(),
  }
}
