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
  plugins: [leaveOut()],
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

/**
 * Parts of libraries that we never reach, which would be read and run at every start all the same: undici's fetch, web
 * sockets and mocks, the validators and serialisers of Fastify's schemas, the globbing of static files.
 */
function leaveOut() {
  const parts = [
    [/undici.index\.js$/, /^\.\/lib\/(cache|interceptor|mock|web)\//],
    [
      /undici.index\.js$/,
      /^\.\/lib\/dispatcher\/(balanced-pool|round-robin-pool|env-http-proxy-agent|retry-agent|h2c-client)$/,
    ],
    [/fastify.lib.schema-controller\.js$/, /^@fastify\/(ajv-compiler|fast-json-stringify-compiler)$/],
    [/@fastify.static.index\.js$/, /^glob$/],
  ]
  const absent = '\0absent'
  return {
    name: 'leave-out',
    resolveId: (source, importer = '') =>
      parts.some(([from, part]) => from.test(importer) && part.test(source)) ? absent : null,
    // Whatever is taken from it is a class that does nothing: some are constructed when the library is loaded.
    load: (id) => (id === absent ? 'module.exports = new Proxy(class {}, { get: () => class Absent {} })' : null),
  }
}

function existing(folder) {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
