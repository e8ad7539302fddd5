/** What is installed is what the lock file says, byte by byte, and nothing runs by being installed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const text = (file: string): string => readFileSync(join(root, file), 'utf8')

interface Locked {
  readonly hasInstallScript?: boolean
  readonly integrity?: string
  readonly link?: boolean
  readonly resolved?: string
}
const { packages }: { packages: Record<string, Locked> } = JSON.parse(text('package-lock.json'))
const installed = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && link !== true)

describe('what is installed', () => {
  it('AUTH-T75: is known by its hash, each package of it', () => {
    expect(installed.length).toBeGreaterThan(50)
    expect(installed.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? '')).map(([path]) => path)).toEqual([])
  })

  it('AUTH-T75: comes from the registry that the machine is told to use, not from hosts named in the lock file', () => {
    expect(Object.values(packages).filter(({ resolved }) => /^[a-z+]+:/.test(resolved ?? ''))).toEqual([])
  })

  it('AUTH-T75: runs nothing while it is installed', () => {
    expect(text('.npmrc')).toMatch(/^ignore-scripts=true$/m)
    expect(installed.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path)).toEqual([])
  })

  it('AUTH-T75: is pinned to the last digit', () => {
    const { workspaces }: { workspaces: string[] } = JSON.parse(text('package.json'))
    const ranges = ['.', ...workspaces].flatMap((folder) => {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(text(`${folder}/package.json`))
      return Object.entries({ ...dependencies, ...devDependencies }).filter(
        ([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)),
      )
    })
    expect(ranges).toEqual([])
  })
})
