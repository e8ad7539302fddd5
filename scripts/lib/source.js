/** Runs a TypeScript program of the workspaces: bundled into dist/tools, so that it starts as fast as the product. */
import { basename, dirname, join } from 'node:path'
import { build } from 'rolldown'
import { root } from './install.js'
import { run } from './run.js'

export async function runSource(source, args) {
  const name = `${basename(dirname(source))}-${basename(source, '.ts')}`
  await build({
    input: { [name]: join(root, source) },
    platform: 'node',
    logLevel: 'warn',
    external: [/^playwright-core/, /^vitest/],
    output: { dir: join(root, 'dist/tools'), format: 'esm', entryFileNames: '[name].js', sourcemap: true },
  })
  return run(process.execPath, ['--enable-source-maps', join(root, 'dist/tools', `${name}.js`), ...args], { cwd: root })
}
