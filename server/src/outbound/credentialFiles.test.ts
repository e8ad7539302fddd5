import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { credentialSource } from '../config/credential.ts'
import { BinocleError } from '../errors.ts'
import { type FakeTime, fakeTime } from '../kube/testing.ts'
import { type CredentialFiles, type FileRules, type Rotation, watchCredentialFiles } from './credentialFiles.ts'
import { createCredentials } from './credentials.ts'

const canary = 'c4nary-content'
let root: string
let time: FakeTime
let rotations: Rotation[]
let files: CredentialFiles | undefined

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'binocle-credentials-'))
  time = fakeTime()
  rotations = []
})
afterEach(() => {
  files?.stop()
  rmSync(root, { recursive: true })
})

function watch(rules: Partial<FileRules> = {}): CredentialFiles {
  const all = { directories: [root], allowWorldReadable: false, ...rules }
  files = watchCredentialFiles(all, time.timers, (rotation) => rotations.push(rotation))
  return files
}

function write(name: string, content: string, mode = 0o600): string {
  const path = join(root, name)
  writeFileSync(path, content, { mode })
  chmodSync(path, mode)
  return path
}

/** As the kubelet does it: keys are links through `..data`, which is swapped at once. */
function mount(version: string, content: string): string {
  mkdirSync(join(root, `..${version}`))
  write(`..${version}/token`, content, 0o440)
  symlinkSync(`..${version}`, join(root, '..data_tmp'))
  renameSync(join(root, '..data_tmp'), join(root, '..data'))
  return join(root, 'token')
}

function refusalOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return error instanceof BinocleError ? `${error.code} ${error.message}` : String(error)
  }
  return 'none'
}

describe('a file with a credential', () => {
  it('AUTH-158: rotates by the swap of ..data', async () => {
    const path = mount('1', 'old')
    symlinkSync('..data/token', path)
    const { text } = watch()
    expect(text(path)).toBe('old')
    mount('2', 'new\n')
    await time.advance(1_500)
    expect(text(path)).toBe('new')
  })

  it('AUTH-158: keeps its last content while it is empty', async () => {
    const path = write('token', 'old')
    const { text } = watch()
    text(path)
    write('token', ' \n')
    await time.advance(1_500)
    expect(text(path)).toBe('old')
    write('token', 'new')
    await time.advance(1_500)
    expect(text(path)).toBe('new')
  })

  it('AUTH-158: is gone when it was deleted, and comes back', async () => {
    const path = write('token', 'old')
    const { text } = watch()
    text(path)
    rmSync(path)
    await time.advance(1_500)
    expect(refusalOf(() => text(path))).toMatch(/^BIN-CONFIG-CREDENTIAL .* it is not there/)
    write('token', 'again')
    expect(text(path)).toBe('again')
  })

  it('AUTH-159: tells of each rotation and of each that failed, and nothing of the content', async () => {
    const path = write('token', `${canary}1`)
    const { text } = watch()
    text(path)
    write('token', `${canary}2`)
    await time.advance(1_500)
    write('token', '')
    await time.advance(1_500)
    rmSync(path)
    await time.advance(1_500)
    expect(rotations.map(({ kind, outcome, path: of }) => [kind, outcome, of])).toEqual([
      ['credential', 'rotated', path],
      ['credential', 'failed', path],
      ['credential', 'failed', path],
    ])
    expect(JSON.stringify(rotations)).not.toContain(canary)
  })

  it('AUTH-160: is refused when everybody on the machine may read it', () => {
    const path = write('token', canary, 0o644)
    expect(refusalOf(() => watch().text(path))).toBe(
      `BIN-CONFIG-CREDENTIAL ${path} cannot be used: everybody on this machine may read it.`,
    )
    expect(watch({ allowWorldReadable: true }).text(path)).toBe(canary)
  })

  it('AUTH-160: is refused as well when it becomes readable for all at a rotation', async () => {
    const path = write('token', 'old')
    const { text } = watch()
    text(path)
    write('token', 'new', 0o644)
    await time.advance(1_500)
    expect(refusalOf(() => text(path))).toContain('everybody on this machine may read it')
  })

  it('AUTH-T68: must be in a directory for credentials, also after links are followed', () => {
    mkdirSync(join(root, 'allowed'))
    const outside = write('passwd', canary)
    const inside = write('allowed/token', 'fine')
    symlinkSync(outside, join(root, 'allowed', 'link'))
    const { text } = watch({ directories: [join(root, 'allowed')] })
    expect(text(inside)).toBe('fine')
    for (const path of [outside, join(root, 'allowed', 'link'), join(root, 'allowed', '..', 'passwd')]) {
      expect(refusalOf(() => text(path))).toContain('it is in none of the directories for credentials')
    }
  })

  it('AUTH-T68: may not be larger than 64 KiB', () => {
    const fits = write('fits', 'x'.repeat(64 << 10))
    const large = write('large', 'x'.repeat((64 << 10) + 1))
    const { text } = watch()
    expect(text(fits)).toHaveLength(64 << 10)
    expect(refusalOf(() => text(large))).toContain('it is larger than 65536 bytes')
  })
})

describe('a credential of the configuration', () => {
  const current = (value: unknown) => {
    const source = credentialSource('a.key', value, { folder: root, name: 'prometheus-token' })
    return createCredentials(watch()).current(source)?.reveal()
  }
  const override = (key: string, content: string) => {
    mkdirSync(join(root, 'prometheus-token'), { recursive: true })
    write(`prometheus-token/${key}`, content)
  }

  it('may be written, in a file, or absent', () => {
    expect(current('literal')).toBe('literal')
    expect(current(write('token', 'from a file'))).toBe('from a file')
    expect(current('')).toBeUndefined()
    expect(current(undefined)).toBeUndefined()
  })

  it('is what is mounted over it', () => {
    override('value.txt', 'mounted')
    expect(current('literal')).toBe('mounted')
    expect(current('')).toBe('mounted')
    expect(current('secret:store:token')).toBe('mounted')
    override('token', 'by its key')
    expect(current('secret:store:token')).toBe('by its key')
  })

  it.each(['secret:store:token', '/nowhere/token'])(
    'AUTH-5: %s that nobody mounted is refused, never used as it is written',
    (value) => {
      expect(refusalOf(() => current(value))).toMatch(
        /^BIN-CONFIG-CREDENTIAL a.key names a credential that is not there/,
      )
    },
  )

  it('does not fall back to what is written when its mounted file is taken away', async () => {
    override('value.txt', 'mounted')
    const source = credentialSource('a.key', 'literal', { folder: root, name: 'prometheus-token' })
    const credentials = createCredentials(watch())
    credentials.current(source)
    rmSync(join(root, 'prometheus-token'), { recursive: true })
    await time.advance(1_500)
    expect(refusalOf(() => credentials.current(source))).toContain('BIN-CONFIG-CREDENTIAL')
  })
})
