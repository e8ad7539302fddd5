/** `npm run golden [-- FOLDER]`: replays a recording of a real Kiali and compares our answers with it. */
import { ensureBuilt } from './lib/build.js'
import { ensureComponents } from './lib/debian.js'
import { ensureInstalled } from './lib/install.js'
import { runSource } from './lib/source.js'

await ensureInstalled({ tools: true })
await ensureComponents()
await ensureBuilt()
process.exit(await runSource('bench/src/golden/main.ts', process.argv.slice(2)))
