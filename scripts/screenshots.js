/** `npm run screenshots`: draws the pictures in docs/images anew. */
import { ensureBuilt } from './lib/build.js'
import { ensureComponents } from './lib/debian.js'
import { ensureInstalled } from './lib/install.js'
import { runSource } from './lib/source.js'

await ensureInstalled({ tools: true })
await ensureComponents()
await ensureBuilt()
process.exit(await runSource('bench/src/screenshots.ts', process.argv.slice(2)))
