/** How long to wait before trying again: 0.8 s doubling to 30 s, half to one and a half of it by chance. */

/** `failures` in a row, at least 1; `random` is 0 <= n < 1. */
export function backoffMs(failures: number, random: number, firstMs = 800, capMs = 30_000): number {
  const growing = Math.min(capMs, firstMs * 2 ** Math.min(20, failures - 1))
  return Math.round(Math.min(capMs, growing * (0.5 + random)))
}
