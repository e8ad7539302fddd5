/** How we see that a file changed, on every file system: by looking again. */
import { statSync } from 'node:fs'

/** Follows links, so that the swap of `..data` changes it. A file that is not there, or may not be seen, has a stamp too. */
export function fileStamp(path: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch {
    return absentStamp
  }
}

export const absentStamp = 'absent'
