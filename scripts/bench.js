/** `npm run bench`: measures the numbers we hold ourselves to, beside a calibration loop. */
import { ensureBuilt } from './lib/build.js'
import { ensureInstalled } from './lib/install.js'
import { runSource } from './lib/source.js'

await ensureInstalled({ tools: true })
await ensureBuilt()
process.exit(await runSource('bench/src/main.ts', process.argv.slice(2)))
