/** Bundles the command line, the server and the simulator into dist/: one start reads one file instead of a thousand. */
import { join } from 'node:path'
import { build } from 'rolldown'
import { root } from './install.js'

await build({
  input: { binocle: join(root, 'cli/src/main.ts') },
  platform: 'node',
  logLevel: 'warn',
  output: {
    dir: join(root, 'dist'),
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    sourcemap: true,
    cleanDir: false,
  },
})
