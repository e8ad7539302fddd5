/** `npm run build`: the page and the program, without starting them. */
import { ensureBuilt } from './lib/build.js'
import { ensureInstalled } from './lib/install.js'

await ensureInstalled({ tools: false })
await ensureBuilt()
