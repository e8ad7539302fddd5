/** The credentials of the configuration as they are now: from a mounted file where there is one, else as written. */
import type { CredentialSource } from '../config/credential.ts'
import { Secret } from '../config/secret.ts'
import { BinocleError } from '../errors.ts'
import type { CredentialFiles } from './credentialFiles.ts'

export interface Credentials {
  /** Undefined: none is given. Throws BIN-CONFIG-CREDENTIAL. */
  current(source: CredentialSource): Secret | undefined
}

export function createCredentials(files: CredentialFiles): Credentials {
  /** A file that counted once must be there: who takes it away does not mean what was written before it. */
  const fromFile = new Map<CredentialSource, string>()
  return {
    current: (source) => {
      const path = fromFile.get(source) ?? source.files.find(files.has)
      if (path !== undefined) {
        const secret = new Secret(files.text(path))
        fromFile.set(source, path)
        return secret
      }
      if (source.literal !== undefined) return source.literal
      if (!source.mustExist) return undefined
      throw new BinocleError('BIN-CONFIG-CREDENTIAL', `${source.key} names a credential that is not there.`, {
        remedy: `Mount it as ${source.files[0]}.`,
      })
    },
  }
}
