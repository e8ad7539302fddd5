/** `npm start`: installs what is missing, builds what changed, shows a living mesh. Arguments go to `binocle demo`. */
import { join } from 'node:path'
import { ensureBuilt } from './lib/build.js'
import { ensureInstalled, root } from './lib/install.js'
import { run } from './lib/run.js'

await ensureInstalled({ tools: false })
await ensureBuilt()
process.exit(
  await run(process.execPath, [join(root, 'dist/binocle.js'), 'demo', ...process.argv.slice(2)], { cwd: root }),
)
