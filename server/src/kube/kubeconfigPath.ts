/** Files that a kubeconfig names: relative to its own folder, and only where it may name files at all. */
import { isAbsolute, join, normalize } from 'node:path'
import { Unusable } from './unusable.ts'

/** Throws `Unusable`. */
export function pathOf(
  file: string,
  field: string,
  { folder, files }: { readonly folder: string; readonly files?: 'folder' | 'none' },
): string {
  const path = isAbsolute(file) ? normalize(file) : join(folder, file)
  if (files === undefined || (files === 'folder' && path.startsWith(`${normalize(folder)}/`))) return path
  throw new Unusable(
    `its ${field} names a file of ours, which a kubeconfig in a Secret must not`,
    `Put the content into the Secret: ${field === 'tokenFile' ? 'token' : `${field}-data`}.`,
    'BIN-CLUSTER-POLICY',
  )
}
