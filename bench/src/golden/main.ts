/**
 * `npm run golden [-- FOLDER] [--only GROUP] [--request N] [--show N] [--accept] [--prometheus real]`: replays a recording
 * and says how many answers are equal, listed, different. The last line is the sum.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { acceptEqual } from './accepted.ts'
import { report } from './report.ts'
import { runGolden } from './run.ts'
import { summary } from './verdict.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true },
    request: { type: 'string', multiple: true },
    show: { type: 'string', default: '0' },
    prometheus: { type: 'string', default: 'simulated' },
    accept: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
})

const folder = resolve(positionals[0] ?? '../shared/golden/A')
if (!existsSync(folder)) {
  console.log(`golden: skipped, there is no recording at ${folder}`)
} else {
  const verdicts = await runGolden({
    folder,
    wants: ({ group, n }) =>
      (values.only === undefined || values.only.includes(group)) &&
      (values.request === undefined || values.request.includes(String(n))),
    ...(existsSync('web/dist/index.html') ? { webDir: resolve('web/dist') } : {}),
    prometheus: values.prometheus === 'real' ? 'real' : 'simulated',
    onLog: (level, message, fields) => {
      if (level === 'error' || values.verbose) console.error(level, message, fields ?? '')
    },
  })
  if (values.accept) await acceptEqual(verdicts)
  console.log(report(verdicts, Number(values.show)))
  if (verdicts.length === 0) console.log(summary(verdicts))
}
