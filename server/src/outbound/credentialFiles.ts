/**
 * Files with credentials and with authorities, kept as they are now (reference: auth.md 9.2). A mounted Secret rotates by
 * the swap of its `..data` link; an edit in place is seen as well. What is empty for a moment keeps its last content; what
 * is gone, or may no longer be used, counts as gone: nothing goes on with a credential that was taken away.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { sep } from 'node:path'
import { BinocleError } from '../errors.ts'
import type { Timers } from '../kube/surroundings.ts'
import { absentStamp, fileStamp } from './fileStamp.ts'

export interface CredentialFiles {
  /** Trimmed. Throws BIN-CONFIG-CREDENTIAL, which holds nothing of the content. */
  text(path: string, kind?: FileKind): string
  /** Whether it is there now, whatever may be wrong with it. */
  has(path: string): boolean
  stop(): void
}

/** Authorities are no secret: they may be readable for all, and larger. */
export type FileKind = 'ca_bundle' | 'credential'

/** A file that had been read changed. Never holds content. */
export interface Rotation {
  readonly path: string
  readonly kind: FileKind
  readonly outcome: 'failed' | 'rotated'
  readonly why?: string
}

export interface FileRules {
  /** Where files with credentials may be, after links are followed. */
  readonly directories: readonly string[]
  readonly allowWorldReadable: boolean
}

const lookEveryMs = 500
const maxBytes: Readonly<Record<FileKind, number>> = { credential: 64 << 10, ca_bundle: 1 << 20 }

export function watchCredentialFiles(
  rules: FileRules,
  timers: Timers,
  onRotation: (rotation: Rotation) => void,
): CredentialFiles {
  const known = new Map<string, Known>()
  let cancel = timers.after(lookEveryMs, look)

  function look(): void {
    cancel = timers.after(lookEveryMs, look)
    for (const [path, before] of known) {
      const stamp = fileStamp(path)
      // Read at the look after: until then whoever is writing has finished.
      if (stamp === before.stamp || stamp !== before.pending) known.set(path, { ...before, pending: stamp })
      else again(path, { ...before, stamp })
    }
  }

  function again(path: string, before: Known): void {
    const { kind } = before
    try {
      const text = read(path, kind, rules)
      if (text === '') {
        known.set(path, before)
        onRotation({ path, kind, outcome: 'failed', why: 'it is empty' })
        return
      }
      known.set(path, { ...before, text })
      if (text !== before.text) onRotation({ path, kind, outcome: 'rotated' })
    } catch (error) {
      known.set(path, { ...before, text: undefined })
      if (before.text !== undefined) onRotation({ path, kind, outcome: 'failed', why: wordsOf(error) })
    }
  }

  return {
    text: (path, kind = 'credential') => {
      const held = known.get(path)
      if (held?.text !== undefined) return held.text
      const stamp = fileStamp(path)
      const text = read(path, kind, rules)
      if (text === '') throw refusal(path, 'it is empty', 'Write the credential into it.')
      known.set(path, { kind, stamp, pending: stamp, text })
      return text
    },
    has: (path) => known.get(path)?.text !== undefined || fileStamp(path) !== absentStamp,
    stop: () => cancel(),
  }
}

interface Known {
  readonly kind: FileKind
  /** Of what was read. */
  readonly stamp: string
  /** As of the last look. */
  readonly pending: string
  /** Undefined: it was taken away. */
  readonly text: string | undefined
}

function read(path: string, kind: FileKind, { directories, allowWorldReadable }: FileRules): string {
  let real: string
  try {
    real = realpathSync(path)
  } catch {
    throw refusal(path, 'it is not there, or may not be read', 'Mount the Secret, or correct the path.')
  }
  const { size, mode } = statSync(real)
  if (kind === 'credential') {
    if (!directories.some((directory) => isWithin(real, directory))) {
      throw refusal(
        path,
        'it is in none of the directories for credentials',
        'Add its directory to credentials.directories.',
      )
    }
    if (!allowWorldReadable && isOpenToAll(real, mode)) {
      throw refusal(
        path,
        'everybody on this machine may read it',
        'Mount the Secret with defaultMode 0440 and an fsGroup, or chmod o-r. To go on as it is: credentials.allow_world_readable.',
      )
    }
  }
  if (size > maxBytes[kind]) throw refusal(path, `it is larger than ${maxBytes[kind]} bytes`, 'Name the right file.')
  try {
    return readFileSync(real, 'utf8').trim()
  } catch {
    throw refusal(path, 'it may not be read', 'Check who may read it.')
  }
}

function isWithin(real: string, directory: string): boolean {
  try {
    return real.startsWith(realpathSync(directory) + sep)
  } catch {
    return false
  }
}

/** The kubelet alone decides about a pod's own token; Windows knows no such modes. */
const isOpenToAll = (real: string, mode: number): boolean =>
  (mode & 0o004) !== 0 && process.platform !== 'win32' && !/^(\/var)?\/run\/secrets\/kubernetes\.io\//.test(real)

const wordsOf = (error: unknown): string => (error instanceof BinocleError ? error.message : 'it cannot be read')

const refusal = (path: string, why: string, remedy: string): BinocleError =>
  new BinocleError('BIN-CONFIG-CREDENTIAL', `${path} cannot be used: ${why}.`, { remedy })
