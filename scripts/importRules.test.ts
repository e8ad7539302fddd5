/** The layer rules of biome.json, proved on planted violations: a check that checks nothing looks just as green. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

const forbidden = [
  ['the graph opens a socket', 'server/src/graph/a.ts', 'undici'],
  ['the catalog reads a file', 'server/src/catalog/a.ts', 'node:fs'],
  ['health asks a cluster', 'server/src/health/a.ts', '../kube/api.ts'],
  ['the inventory knows HTTP', 'server/src/inventory/a.ts', '../http/server.ts'],
  ['the catalog reads credentials', 'server/src/catalog/c.ts', '../outbound/credentials.ts'],
  ['what reaches out knows the access', 'server/src/outbound/a.ts', '../access/access.ts'],
  ['kube knows the catalog', 'server/src/kube/a.ts', '../catalog/services.ts'],
  ['the configuration knows the clusters', 'server/src/config/a.ts', '../clusters/clusters.ts'],
  ['the server knows the simulator', 'server/src/a.ts', '@binocle/simulator/start'],
  ['the simulator knows the server', 'simulator/src/a.ts', '@binocle/server/main'],
  ['the page knows the server', 'web/src/a.ts', '@binocle/server/main'],
  ['the contract knows Node', 'api/src/a.ts', 'node:fs'],
] as const
const allowed = ['server/src/graph/b.ts', '../inventory/inventory.ts'] as const

let house: string
let report: string

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'binocle-rules-'))
  copyFileSync(join(root, 'biome.json'), join(house, 'biome.json'))
  for (const [, file, from] of forbidden) plant(file, from)
  plant(...allowed)
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const args = ['lint', '--only=style/noRestrictedImports', '--reporter=github', '--max-diagnostics=none']
  const result = spawnSync(process.execPath, [biome, ...args], { cwd: house, encoding: 'utf8' })
  report = result.stdout + result.stderr
})

afterAll(() => rmSync(house, { recursive: true }))

function plant(file: string, from: string) {
  mkdirSync(dirname(join(house, file)), { recursive: true })
  writeFileSync(join(house, file), `import { thing } from '${from}'\nexport const planted = thing\n`)
}

it.each(forbidden)('refuses that %s', (_what, file) => {
  expect(report).toContain(`noRestrictedImports,file=${join(house, file)},`)
})

it('lets the graph read the inventory', () => {
  expect(report).not.toContain(allowed[0])
})
