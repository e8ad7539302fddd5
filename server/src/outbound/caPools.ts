/**
 * Whom we trust, by purpose: an authority that is mounted for the identity provider must not vouch for Prometheus, nor
 * the reverse (reference: auth.md 9.3). Mounted authorities are added to those of the system, never put in their place.
 */
import { rootCertificates } from 'node:tls'
import { bundleOf } from './caCertificate.ts'
import type { CredentialFiles } from './credentialFiles.ts'

export type CaPurpose = 'openid' | 'openshift' | 'service'

export interface CaPools {
  /**
   * PEM, for `ca` of a TLS context; the same array while nothing has changed. Undefined: nothing is mounted, and the
   * system's own authorities count. `more`: a bundle that only this one user trusts; throws BIN-CONFIG-CREDENTIAL when it
   * cannot be read.
   */
  pool(purpose: CaPurpose, more?: string): readonly string[] | undefined
}

const mounted: Readonly<Record<CaPurpose, readonly string[]>> = {
  service: ['additional-ca-bundle.pem'],
  openid: ['additional-ca-bundle.pem', 'openid-server-ca.crt'],
  openshift: ['additional-ca-bundle.pem', 'oauth-server-ca.crt', 'service-ca.crt'],
}
const openShiftsOwn = '/var/run/secrets/kubernetes.io/serviceaccount/service-ca.crt'

/** `folder`: of the mounted bundles; '' = none. `say`: which certificates were left out, and why. */
export function createCaPools(
  folder: string,
  files: CredentialFiles,
  clock: () => number,
  say: (level: 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>) => void,
): CaPools {
  const made = new Map<string, { readonly pem: string; readonly pool: readonly string[] | undefined }>()

  function poolOf(purpose: CaPurpose, paths: readonly string[], pem: string): readonly string[] | undefined {
    const { certificates, refused, warnings } = bundleOf(pem, clock())
    for (const why of refused) say('warn', 'a certificate authority is not trusted', { purpose, paths, why })
    for (const why of warnings) say('warn', 'a certificate authority is odd', { purpose, paths, why })
    return certificates.length === 0 ? undefined : [...rootCertificates, ...certificates]
  }

  return {
    pool: (purpose, more) => {
      const usual = folder === '' ? [] : mounted[purpose].map((name) => `${folder}/${name}`)
      const candidates = purpose === 'openshift' ? [...usual, openShiftsOwn] : usual
      const paths = [...candidates.filter(files.has), ...(more === undefined ? [] : [more])]
      const pem = paths.map((path) => files.text(path, 'ca_bundle')).join('\n')
      const key = `${purpose} ${more ?? ''}`
      const before = made.get(key)
      if (before?.pem === pem) return before.pool
      const pool = poolOf(purpose, paths, pem)
      made.set(key, { pem, pool })
      return pool
    },
  }
}
