/**
 * Seals texts that a browser keeps for us, and opens what it brings back: AES-256-GCM with keys derived by HKDF from the
 * configured one, a key per purpose. What is sealed names its key, so that a key can be replaced while people are
 * logged in (reference: auth.md 5.4).
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

export type Purpose = 'flow' | 'session'

/** What is derived from one signing key. */
export interface DerivedKey {
  /** 4 bytes, public. */
  readonly id: Buffer
  readonly flow: Buffer
  readonly session: Buffer
}

/** The keys of this moment. */
export interface Keys {
  /** undefined: there is none now, e.g. because its file is gone. */
  current(): DerivedKey | undefined
  /** Those that are still accepted. */
  previous(): readonly DerivedKey[]
}

export interface Opened {
  readonly plain: string
  /** Sealed with the current key. */
  readonly current: boolean
}

export interface KeyRing {
  /** base64url; undefined when there is no key now. `bound` must be the same at opening. */
  seal(purpose: Purpose, plain: string, bound: readonly string[]): string | undefined
  /** undefined: not ours, changed, bound to something else, or of a key that is not accepted any more. */
  open(purpose: Purpose, sealed: string, bound: readonly string[]): Opened | undefined
  usable(): boolean
}

export function createKeyRing(keys: Keys): KeyRing {
  return {
    seal: (purpose, plain, bound) => {
      const key = keys.current()
      return key === undefined ? undefined : seal(key, purpose, plain, bound)
    },
    open: (purpose, sealed, bound) => {
      const bytes = decoded(sealed)
      if (bytes === undefined || bytes.length < headBytes + nonceBytes + tagBytes || bytes[0] !== version)
        return undefined
      const id = bytes.subarray(1, headBytes)
      const current = keys.current()
      for (const key of current === undefined ? keys.previous() : [current, ...keys.previous()]) {
        if (!key.id.equals(id)) continue
        const plain = open(key[purpose], bytes, bound)
        if (plain !== undefined) return { plain, current: key === current }
      }
      return undefined
    },
    usable: () => keys.current() !== undefined,
  }
}

/** `raw`: the bytes of a signing key. */
export function derivedKey(raw: Uint8Array): DerivedKey {
  const derive = (info: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', raw, new Uint8Array(0), `binocle ${info} 1`, bytes))
  return { id: derive('key id', headBytes - 1), flow: derive('flow', 32), session: derive('session', 32) }
}

const version = 1
/** The version and the key's id. */
const headBytes = 5
const nonceBytes = 12
const tagBytes = 16

function seal(key: DerivedKey, purpose: Purpose, plain: string, bound: readonly string[]): string {
  const head = Buffer.concat([Buffer.of(version), key.id])
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key[purpose], nonce, { authTagLength: tagBytes })
  cipher.setAAD(associated(head, bound))
  const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return Buffer.concat([head, nonce, text, cipher.getAuthTag()]).toString('base64url')
}

function open(key: Buffer, bytes: Buffer, bound: readonly string[]): string | undefined {
  const text = headBytes + nonceBytes
  const tag = bytes.length - tagBytes
  // Without its length Node takes a tag of four bytes for a whole one.
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(headBytes, text), { authTagLength: tagBytes })
  decipher.setAAD(associated(bytes.subarray(0, headBytes), bound))
  decipher.setAuthTag(bytes.subarray(tag))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(text, tag)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

/** With lengths, so that no two lists read alike. */
function associated(head: Buffer, bound: readonly string[]): Buffer {
  return Buffer.concat([head, ...bound.flatMap((text) => [lengthOf(text), Buffer.from(text, 'utf8')])])
}

function lengthOf(text: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(Buffer.byteLength(text))
  return length
}

/** Only the one way of writing the bytes: Node itself skips foreign characters and ignores loose last bits. */
function decoded(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}
