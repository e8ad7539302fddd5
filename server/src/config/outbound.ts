/** What holds for everything we reach for: where credentials and authorities lie, and which TLS is spoken. */
import type { Settings } from './settings.ts'
import type { TlsWishes } from './tlsPolicy.ts'

export interface OutboundConfig {
  /** Where files with credentials may be, after links are followed. */
  readonly credentialDirectories: readonly string[]
  readonly allowWorldReadable: boolean
  /** Mounted Secrets that stand for values of the configuration: `<name>/value.txt`. */
  readonly overrideFolder: string
  /** Bundles of further authorities. */
  readonly caFolder: string
  readonly tls: {
    /** `auto`: OpenShift's profile decides, and the wishes count nothing. */
    readonly source: 'auto' | 'config'
    readonly wishes: TlsWishes
  }
}

export function outboundOf(settings: Settings): OutboundConfig {
  const tls = 'deployment.tls_config'
  return {
    credentialDirectories: settings.texts('credentials.directories'),
    allowWorldReadable: settings.boolean('credentials.allow_world_readable'),
    overrideFolder: settings.text('credentials.override_directory').replace(/\/+$/, ''),
    caFolder: settings.text('credentials.ca_directory').replace(/\/+$/, ''),
    tls: {
      source: settings.text(`${tls}.source`) === 'auto' ? 'auto' : 'config',
      wishes: {
        minVersion: settings.text(`${tls}.min_version`),
        maxVersion: settings.text(`${tls}.max_version`),
        ciphers: settings.texts(`${tls}.cipher_suites`),
        groups: settings.texts(`${tls}.groups`),
      },
    },
  }
}
