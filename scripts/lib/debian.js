/**
 * The real components that tests run against: Chromium and Prometheus. On Debian, as root or with sudo, they are
 * installed; elsewhere what is on PATH is used. What is missing makes its tests be skipped by name and reason.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { run, withHeartbeat } from './run.js'

const wanted = [
  { program: 'chromium', packages: ['chromium'] },
  { program: 'prometheus', packages: ['prometheus'] },
]

export async function ensureComponents() {
  const missing = wanted.filter(({ program }) => !onPath(program))
  if (missing.length === 0) return
  const names = missing.map(({ program }) => program).join(', ')
  const apt = aptGet()
  if (apt === undefined) {
    console.log(`Not installed, and no way to install here: ${names}. The tests that need them will be skipped.`)
    return
  }
  console.log(`Installing ${names} for the tests (apt-get)`)
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env: environment }
  await withHeartbeat('apt-get', async () => {
    await run(apt[0], [...apt.slice(1), 'update', '-q'], quiet)
    await run(
      apt[0],
      [...apt.slice(1), 'install', '-y', '-q', '--no-install-recommends', ...missing.flatMap((m) => m.packages)],
      quiet,
    )
  })
}

const onPath = (program) =>
  (process.env.PATH ?? '').split(':').some((folder) => folder !== '' && existsSync(`${folder}/${program}`))

function aptGet() {
  if (!existsSync('/etc/debian_version') || !onPath('apt-get')) return undefined
  if (process.getuid?.() === 0) return ['apt-get']
  const sudo = onPath('sudo') && spawnSync('sudo', ['-n', 'true']).status === 0
  return sudo ? ['sudo', '-n', 'apt-get'] : undefined
}
