/** How OpenShift names its API groups and its tokens. */
import { createHash } from 'node:crypto'

export const groupOf = (area: 'oauth' | 'user'): string => `${area}.openshift.io`

const prefix = 'sha256~'

/** A token from chance: 32 bytes. */
export const tokenOf = (chance: Buffer): string => prefix + chance.toString('base64url')

/** The object that stands for a token is named by a hash of it, so that who reads it learns no token. */
export const objectNameOf = (token: string): string =>
  prefix +
  createHash('sha256')
    .update(token.startsWith(prefix) ? token.slice(prefix.length) : token)
    .digest('base64url')
