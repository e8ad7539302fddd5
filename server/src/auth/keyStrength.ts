/** Signing keys that anybody may guess: a forged session would open every cluster (reference: auth.md 2.2). */

/** `text`, trimmed, as bytes: of itself, or of the base64 behind `base64:`. undefined: that is no base64. */
export function keyBytes(text: string): Buffer | undefined {
  const trimmed = text.trim()
  if (!trimmed.startsWith('base64:')) return Buffer.from(trimmed, 'utf8')
  const encoded = trimmed.slice('base64:'.length)
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded) ? Buffer.from(encoded, 'base64') : undefined
}

export const hasKeyLength = (key: Uint8Array): boolean => [16, 24, 32].includes(key.length)

/** What somebody would have to try, at least: a generated key of 16 letters and digits has 95 bits. */
const enoughBits = 80

/** Words of examples, which no generated key holds. */
const sample = /binocle|kiali|change.?me|password|secret/i

export function isWeak(key: Uint8Array): boolean {
  const text = Buffer.from(key).toString('latin1')
  return /^[0-9]+$/.test(text) || sample.test(text) || estimatedBits(key) < enoughBits
}

/** Each byte counts as drawn from the classes of characters that occur, unless those before it foretell it. */
export function estimatedBits(key: Uint8Array): number {
  const bytes = [...key]
  return bytes.filter((_, at) => !isForetold(bytes, at)).length * Math.log2(alphabetOf(bytes))
}

function alphabetOf(bytes: readonly number[]): number {
  if (bytes.some((byte) => byte < 0x20 || byte > 0x7e)) return 256
  const text = String.fromCharCode(...bytes)
  const classes: readonly (readonly [RegExp, number])[] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[0-9]/, 10],
    [/[^A-Za-z0-9]/, 33],
  ]
  const size = classes.reduce((sum, [pattern, of]) => sum + (pattern.test(text) ? of : 0), 0)
  // `0123456789abcdef` looks like letters and digits.
  return /^[0-9a-f]+$/i.test(text) ? 16 : size
}

/** The third of `aaa` or `abc`, or the end of three that have stood before. */
function isForetold(bytes: readonly number[], at: number): boolean {
  const [first, second, third] = [bytes[at - 2], bytes[at - 1], bytes[at]]
  if (first === undefined || second === undefined || third === undefined) return false
  if (third - second === second - first && Math.abs(third - second) <= 1) return true
  return bytes.slice(0, at - 2).some((byte, before) => {
    return byte === first && bytes[before + 1] === second && bytes[before + 2] === third
  })
}
