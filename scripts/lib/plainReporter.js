/** Closes a test run with the skipped tests by name and reason, and one plain line that any reader can count by. */
export default class PlainReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: 0, skipped: 0 }
    const skipped = []
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed += 1
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (!(result.state in counts)) continue
        counts[result.state] += 1
        if (result.state === 'skipped') skipped.push(`  skipped: ${test.fullName} (${result.note ?? reasonIn(test)})`)
      }
    }
    counts.failed += unhandledErrors.length
    console.log('')
    for (const line of skipped) console.log(line)
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  }
}

/** A suite that is skipped as a whole says why in its title: `real Prometheus [needs prometheus]`. */
function reasonIn(test) {
  return /\[(needs [^\]]+)\]/.exec(test.fullName)?.[1] ?? 'no reason given'
}
