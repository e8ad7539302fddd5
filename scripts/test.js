/** `npm test`: does all of its own set-up, then runs every test. Arguments go to vitest. */
import { join } from 'node:path'
import { ensureBuilt } from './lib/build.js'
import { ensureComponents } from './lib/debian.js'
import { ensureInstalled, root } from './lib/install.js'
import { run } from './lib/run.js'

await ensureInstalled({ tools: true })
await ensureComponents()
await ensureBuilt()
process.exit(
  await run(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...process.argv.slice(2)], {
    cwd: root,
  }),
)
