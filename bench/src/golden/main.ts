/**
 * `npm run golden [-- FOLDER] [--only GROUP] [--request N] [--show N] [--accept] [--prometheus real]`: replays a recording
 * and says how many answers are equal, listed, different. The last lines are the sums: of what people of different rights
 * were told and of what is answered to changes, which `--only rbac` and `--only writes` replay alone, and of what somebody is
 * told who may see everything.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { acceptEqual, acceptEqualRbac, acceptEqualWrites } from './accepted.ts'
import { runRbac } from './rbac/run.ts'
import { report } from './report.ts'
import { runGolden } from './run.ts'
import { summary } from './verdict.ts'
import { runWrites } from './writes/run.ts'

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
const common = {
  folder,
  ...(existsSync('web/dist/index.html') ? { webDir: resolve('web/dist') } : {}),
  prometheus: values.prometheus === 'real' ? 'real' : 'simulated',
  onLog: (level: string, message: string, fields?: Readonly<Record<string, unknown>>) => {
    if (level === 'error' || values.verbose) console.error(level, message, fields ?? '')
  },
} as const
const groups = values.only?.filter((group) => group !== 'rbac' && group !== 'writes')
const wantsNumber = (n: number): boolean => values.request === undefined || values.request.includes(String(n))
const show = Number(values.show)

/** What people of different rights are told; without groups and numbers, or alone. */
async function replayRbac(): Promise<string | undefined> {
  if (!(values.only?.includes('rbac') ?? values.request === undefined)) return undefined
  if (!existsSync(`${folder}/answers-rbac`)) return 'golden-rbac: skipped, it is not part of the recording'
  const { foreign, verdicts } = await runRbac({ ...common, wants: ({ n }) => wantsNumber(n) })
  if (values.accept) await acceptEqualRbac(verdicts)
  console.log(report(verdicts, show))
  console.log(`${String(foreign).padStart(6)} names told to somebody who may not see what they name`)
  return summary(verdicts, 'golden-rbac')
}

/** What is answered to changes, each on what those before it left behind. */
async function replayWrites(): Promise<string | undefined> {
  if (!(values.only?.includes('writes') ?? values.request === undefined)) return undefined
  if (!existsSync(`${folder}/answers-writes`)) return 'golden-writes: skipped, it is not part of the recording'
  const verdicts = await runWrites({ ...common, wants: ({ n }) => wantsNumber(n) })
  if (values.accept) await acceptEqualWrites(verdicts)
  console.log(report(verdicts, show))
  return summary(verdicts, 'golden-writes')
}

async function replayAll(): Promise<string | undefined> {
  if (groups?.length === 0) return undefined
  const verdicts = await runGolden({
    ...common,
    wants: ({ group, n }) => (groups === undefined || groups.includes(group)) && wantsNumber(n),
  })
  if (values.accept) await acceptEqual(verdicts)
  console.log(report(verdicts, show))
  return summary(verdicts)
}

if (!existsSync(folder)) {
  console.log(`golden: skipped, there is no recording at ${folder}`)
} else {
  const sums = [await replayRbac(), await replayWrites(), await replayAll()]
  for (const sum of sums) if (sum !== undefined) console.log(sum)
}
