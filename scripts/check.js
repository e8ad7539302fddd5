/** `npm run check`: types, lint and format and import rules, unused code. All run, then all that failed are named. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ensureInstalled, root } from './lib/install.js'
import { run } from './lib/run.js'

await ensureInstalled({ tools: true })

const tool = (path, ...args) => [process.execPath, [join(root, 'node_modules', path), ...args]]
const checks = [
  ...['api', 'server', 'web', 'simulator', 'cli', 'bench', 'e2e']
    .filter((workspace) => existsSync(join(root, workspace, 'tsconfig.json')))
    .map((workspace) => ({ name: `types of ${workspace}`, command: tool('typescript/bin/tsc', '-p', workspace) })),
  {
    name: 'lint, format and import rules',
    command: tool('@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.'),
  },
  { name: 'unused code', command: tool('knip/bin/knip.js') },
]

const failed = []
for (const { name, command } of checks) {
  const start = Date.now()
  const code = await run(command[0], command[1], { cwd: root })
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`)
  if (code !== 0) failed.push(name)
}
if (failed.length > 0) {
  console.error(`check failed: ${failed.join(', ')}`)
  process.exit(1)
}
