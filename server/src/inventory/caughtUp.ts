/** Waits until the inventory shows what was just written, so that who wrote it reads it too. */

/** Also when a change is not seen in time: the cluster has it, whatever we know. */
const patienceMs = 2_000
/** A change that shows nowhere is taken over without a word. */
const lookMs = 50

/** Resolves as soon as `holds`, or after a while. `later` returns how to cancel. */
export function caughtUp(
  { onChange }: { onChange(listener: () => void): () => void },
  holds: () => boolean,
  later: (callback: () => void, delayMs: number) => () => void,
): Promise<void> {
  if (holds()) return Promise.resolve()
  return new Promise((resolve) => {
    let looks = patienceMs / lookMs
    const stop = onChange(look)
    let cancel = later(again, lookMs)

    function look(): boolean {
      if (!holds()) return false
      end()
      return true
    }
    function again(): void {
      if (look()) return
      looks--
      if (looks > 0) cancel = later(again, lookMs)
      else end()
    }
    function end(): void {
      stop()
      cancel()
      resolve()
    }
  })
}

/**
 * Whether what is `held` is what was written, or newer. Versions of one cluster are the numbers of one counter; what is no
 * number is only known to differ.
 */
export function isAsNew(held: string | undefined, written: string): boolean {
  if (held === undefined) return false
  if (held === written || !number.test(held) || !number.test(written)) return held === written
  return held.length === written.length ? held > written : held.length > written.length
}

const number = /^[1-9]\d*$/
