/**
 * Which modules of the server open doors: start programs, listen on ports, read files with credentials. Each is named here
 * with its one reason, so that a new one is a decision and not an accident.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', 'server', 'src')
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .filter((file) => !/\.test\.ts$|testing|hostile/.test(file))
const matching = (pattern: RegExp): string[] =>
  sources.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8'))).sort()

describe('the server', () => {
  it('AUTH-134: starts programs in one place, which a kubeconfig reaches only where plugins are enabled and allowed', () => {
    expect(matching(/child_process/)).toEqual(['kube/execCredential.ts'])
    expect(matching(/runPlugin\(/)).toEqual(['kube/authorization.ts', 'kube/execCredential.ts'])
  })

  it('AUTH-T65: makes its listeners in one place, and none for a port-forward', () => {
    expect(matching(/import \{[^}]*\bcreate(Server|Socket|SecureServer)\b[^}]*\} from 'node:/)).toEqual([
      'http/listener.ts',
    ])
  })

  it('AUTH-157: reads files with credentials for the configuration only, never where requests are handled', () => {
    expect(
      matching(/outbound\/(credentialFiles|credentials)\.ts/).filter((file) =>
        /^(http|catalog|graph|istioconfig)\//.test(file),
      ),
    ).toEqual([])
    expect(matching(/credentialSource\(/).filter((file) => !file.startsWith('config/'))).toEqual([])
  })
})
