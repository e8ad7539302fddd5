/**
 * Builds the page (web/dist) and the program (dist/binocle.js), only when their sources changed since the last time.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './install.js'
import { must, withHeartbeat } from './run.js'

const parts = [
  {
    name: 'page',
    sources: ['api/src', 'web/src', 'web/index.html', 'web/vite.config.ts', 'web/public', 'package-lock.json'],
    result: 'web/dist/index.html',
    build: () =>
      must(process.execPath, [bin('vite', 'bin/vite.js'), 'build', 'web', '--logLevel', 'warn'], { cwd: root }),
  },
  {
    name: 'program',
    sources: ['api/src', 'server/src', 'simulator/src', 'cli/src', 'scripts/lib/bundle.js', 'package-lock.json'],
    result: 'dist/binocle.js',
    build: () => must(process.execPath, [join(root, 'scripts/lib/bundle.js')], { cwd: root }),
  },
]

export async function ensureBuilt() {
  for (const part of parts) {
    const stampFile = join(root, 'dist', `.${part.name}-stamp`)
    const stamp = fingerprint(part.sources)
    const fresh =
      existsSync(join(root, part.result)) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp
    if (fresh) continue
    console.log(`Building the ${part.name}`)
    await withHeartbeat('building', part.build)
    mkdirSync(join(root, 'dist'), { recursive: true })
    writeFileSync(stampFile, stamp)
  }
}

const bin = (name, file) => join(root, 'node_modules', name, file)

/** Names, sizes and times of all sources; reading them all would cost more than the second start may take. */
function fingerprint(sources) {
  const hash = createHash('sha256')
  for (const source of sources)
    visit(join(root, source), (file, stat) => hash.update(`${file} ${stat.size} ${stat.mtimeMs}\n`))
  return hash.digest('hex')
}

function visit(path, each) {
  if (!existsSync(path)) return
  const stat = statSync(path)
  if (stat.isFile()) {
    if (!path.includes('.test.')) each(path, stat)
  } else for (const name of readdirSync(path).sort()) visit(join(path, name), each)
}
