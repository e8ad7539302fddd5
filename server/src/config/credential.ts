/**
 * Where a credential of the configuration is: written in it, in a file that it names, or in a Secret mounted beside it
 * (reference: auth.md 9.2). Only values of the configuration become one of these, never what a request says.
 */
import { BinocleError } from '../errors.ts'
import { Secret } from './secret.ts'

export interface CredentialSource {
  /** The configuration key, for messages. */
  readonly key: string
  /** Written in the configuration itself. Counts where none of `files` is there. */
  readonly literal?: Secret
  /** The first that is there counts; read anew when they change. */
  readonly files: readonly string[]
  /** The configuration says that a file is there: without one there is no start. */
  readonly mustExist: boolean
}

/**
 * `/path`: a file. `secret:<name>:<key>`: the mounted override. Anything else: the value itself, unless an override is
 * mounted. `override`: Kiali's name of it, such as `prometheus-token`. A secret that begins with a slash has to be put into
 * a file. Throws BIN-CONFIG-KEY.
 */
export function credentialSource(
  key: string,
  value: unknown,
  override: { readonly folder: string; readonly name: string },
): CredentialSource {
  const mounted = `${override.folder}/${override.name}`
  if (value === undefined || value === null || value === '') {
    return { key, files: [`${mounted}/value.txt`], mustExist: false }
  }
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new BinocleError('BIN-CONFIG-KEY', `${key} must be a text.`, {
      remedy: 'Give the value, the absolute path of a file with it, or `secret:<name>:<key>`.',
    })
  }
  const text = String(value).trim()
  if (text.startsWith('/')) return { key, files: [text], mustExist: true }
  const reference = /^secret:([^:/]+):([^:/]+)$/.exec(text)
  if (reference?.[2] !== undefined && !reference[2].includes('..')) {
    return { key, files: [`${mounted}/${reference[2]}`, `${mounted}/value.txt`], mustExist: true }
  }
  return { key, literal: new Secret(text), files: [`${mounted}/value.txt`], mustExist: false }
}
