/** The layer rules of biome.json, proved on planted violations: a check that checks nothing looks just as green. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

function lint(file: string, line: string): string {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const result = spawnSync(process.execPath, [biome, 'lint', `--stdin-file-path=${file}`], {
    cwd: root,
    input: `${line}\nexport const planted = thing\n`,
    encoding: 'utf8',
  })
  return result.stdout + result.stderr
}

it.each([
  ['the graph opens a socket', 'server/src/graph/planted.ts', "import thing from 'undici'"],
  ['the catalog reads a file', 'server/src/catalog/planted.ts', "import thing from 'node:fs'"],
  ['health asks a cluster', 'server/src/health/planted.ts', "import { thing } from '../kube/api.ts'"],
  ['the inventory knows HTTP', 'server/src/inventory/planted.ts', "import { thing } from '../http/server.ts'"],
  ['kube knows the catalog', 'server/src/kube/planted.ts', "import { thing } from '../catalog/services.ts'"],
  ['the server knows the simulator', 'server/src/main.ts', "import { thing } from '@binocle/simulator/start'"],
  ['the simulator knows the server', 'simulator/src/planted.ts', "import { thing } from '@binocle/server/main'"],
  ['the page knows the server', 'web/src/planted.ts', "import { thing } from '@binocle/server/main'"],
  ['the contract knows Node', 'api/src/planted.ts', "import thing from 'node:fs'"],
])('refuses that %s', (_what, file, line) => {
  expect(lint(file, line)).toContain('noRestrictedImports')
})

it('lets the graph read the inventory', () => {
  expect(lint('server/src/graph/planted.ts', "import { thing } from '../inventory/inventory.ts'")).not.toContain(
    'noRestrictedImports',
  )
})
