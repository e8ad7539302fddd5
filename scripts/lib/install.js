/**
 * Brings node_modules in step with the lock file. Needs nothing but Node and npm, so that `npm start` and `npm test`
 * work on a bare machine. `npm start` leaves the development tools out; `npm test` and `npm run check` want all.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { must, withHeartbeat } from './run.js'

export const root = join(import.meta.dirname, '..', '..')
const stampFile = join(root, 'node_modules', '.binocle-install.json')

export async function ensureInstalled({ tools }) {
  refuseOldNode()
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const installed = readStamp()
  if (installed?.lock === lock && (installed.tools || !tools)) return
  // Who once had the tools keeps them.
  const all = tools || installed?.tools === true
  console.log(`Installing packages${all ? ' and development tools' : ''} (npm ci)`)
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(all ? [] : ['--omit=dev'])]
  await withHeartbeat('installing', () => must('npm', args, { cwd: root, shell: process.platform === 'win32' }))
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(stampFile, JSON.stringify({ lock, tools: all }))
}

function readStamp() {
  if (!existsSync(stampFile)) return undefined
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return undefined
  }
}

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`Binocle needs Node 20.19 or newer; this is ${process.versions.node}.`)
  process.exit(1)
}
