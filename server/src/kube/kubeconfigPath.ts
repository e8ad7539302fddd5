/** Files that a kubeconfig names: relative to its own folder, and only where it may name files at all. */
import { isAbsolute, join } from 'node:path'
import { Unusable } from './unusable.ts'

/** Throws `Unusable`. */
export function pathOf(
  file: string,
  field: string,
  { folder, withoutFiles }: { readonly folder: string; readonly withoutFiles?: boolean },
): string {
  if (withoutFiles === true) {
    throw new Unusable(
      `its ${field} names a file of ours, which a kubeconfig read over the network must not`,
      `Put the content into the Secret: ${field === 'tokenFile' ? 'token' : `${field}-data`}.`,
    )
  }
  return isAbsolute(file) ? file : join(folder, file)
}
