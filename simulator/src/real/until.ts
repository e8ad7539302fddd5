/** For tests that wait for something to become true: looks now and at every change; the test's time limit ends it. */
export function until(onChange: (listener: () => void) => () => void, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (holds()) {
      resolve()
      return
    }
    const stop = onChange(() => {
      if (!holds()) return
      stop()
      resolve()
    })
  })
}
