/**
 * A fixed piece of work of the kind the console does (maps, strings, sorting), timed in the same run: a figure divided
 * by it can be compared between machines and between noisy moments of one machine.
 */

/** Milliseconds of CPU time for the loop: the smallest of `rounds`. */
export function calibrate(rounds = 5): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage()
    loop()
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / 1000)
  }
  return best
}

function loop(): number {
  const counts = new Map<string, number>()
  let state = 1
  for (let index = 0; index < 200_000; index += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    const key = `workload-${state % 5_000}`
    counts.set(key, (counts.get(key) ?? 0) + index)
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).reduce((sum, [, count]) => sum + count, 0)
}
