/** Bundles the command line, the server and the simulator into dist/: one start reads one file instead of a thousand. */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'rolldown'
import { root } from './install.js'

// What an earlier build left; `tools/` and the stamps stay.
const dist = join(root, 'dist')
for (const name of existing(dist)) if (/\.js(\.map)?$/.test(name)) rmSync(join(dist, name))

await build({
  input: { binocle: join(root, 'cli/src/main.ts') },
  platform: 'node',
  logLevel: 'warn',
  // One is in a library of the simulated identity provider, which formats messages with it.
  checks: { eval: false },
  output: {
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    sourcemap: true,
    // The simulated identity provider asks its models for their names.
    keepNames: true,
    // Less text to read at every start; names stay, so that a stack trace can be read.
    minify: { mangle: false, compress: true, codegen: true },
    cleanDir: false,
  },
})

function existing(folder) {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
