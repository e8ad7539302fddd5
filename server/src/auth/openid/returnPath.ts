/**
 * Where in the console somebody wanted to be before they had to log in. Only a path of our own is remembered: anything
 * that a browser might read as another place becomes the start page (reference: auth.md T36).
 */

/** `webRoot`: '' for the root. The answer is a path with the web root, never one that begins with `//`. */
export function returnPath(wanted: string | undefined, webRoot: string): string {
  const start = `${webRoot}/`
  if (wanted === undefined || wanted.length > 2048) return start
  // No backslash, no control character, nothing beyond ASCII: browsers turn some of them into slashes, or into nothing.
  if (!/^\/(?!\/)[A-Za-z0-9\-._~!$&'()*+,;=:@%/?#]*$/.test(wanted) || !wanted.startsWith(start)) return start
  const place = new URL(wanted, 'https://own.invalid')
  if (place.origin !== 'https://own.invalid' || !place.pathname.startsWith(`${start}console`)) return start
  return `${place.pathname}${place.search}${place.hash}`
}
