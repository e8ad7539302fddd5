/**
 * Cuts a stream of bytes into lines. On bytes, because a chunk may end within a character; each line is decoded alone,
 * so that a stream of any length never becomes one string.
 */

export interface LineSplitter {
  /** Lines that the chunk completes, without their line ends; empty ones are left out. Throws `LineTooLong`. */
  push(chunk: Uint8Array): string[]
  /** Whether a line was begun and not ended. */
  readonly open: boolean
}

export class LineTooLong extends Error {}

export function createLineSplitter(maxBytes: number): LineSplitter {
  let begun: Uint8Array[] = []
  let begunBytes = 0

  function keep(part: Uint8Array): void {
    begunBytes += part.length
    if (begunBytes > maxBytes) throw new LineTooLong(`a line is longer than ${maxBytes} bytes`)
    begun.push(part)
  }

  function finish(part: Uint8Array): string {
    keep(part)
    const line = begun.length === 1 ? decode(part) : Buffer.concat(begun, begunBytes).toString('utf8')
    begun = []
    begunBytes = 0
    return line
  }

  return {
    get open() {
      return begunBytes > 0
    },
    push: (chunk) => {
      const lines: string[] = []
      let from = 0
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
        const line = finish(chunk.subarray(from, end))
        if (line.trim() !== '') lines.push(line)
        from = end + 1
      }
      if (from < chunk.length) keep(chunk.subarray(from))
      return lines
    },
  }
}

const newline = 0x0a

const decode = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
