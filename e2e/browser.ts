/** Debian's Chromium, or whichever is on PATH, driven by playwright-core. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** Undefined where there is none: its tests are then skipped by name. */
export const chromiumPath = (process.env.PATH ?? '')
  .split(':')
  .flatMap((folder) => names.map((name) => `${folder}/${name}`))
  .find((file) => existsSync(file))

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath ?? 'chromium', args: quiet })
}
