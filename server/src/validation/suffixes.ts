/**
 * A ServiceEntry satisfies every name that ends with one of its hosts (after their star): a plain test of texts, not of
 * labels. Hosts are filed under their last labels as far as these are complete, so that few are looked at.
 */

/** What a name must end with. */
export function suffixOf(host: string): string {
  const star = host.indexOf('*')
  return star < 0 ? host : host.slice(star + 1)
}

/** Where a host is filed. */
export const suffixKeys = (host: string): readonly string[] => {
  const suffix = suffixOf(host)
  const dots = suffix.split('.').length - 1
  return [dots === 0 ? 'ends' : dots === 1 ? `ends ${lastLabels(suffix, 1)}` : `ends ${lastLabels(suffix, 2)}`]
}

/** Where hosts that the name may end with are filed. */
export const suffixQuery = (name: string): readonly string[] => [
  ...new Set([`ends ${lastLabels(name, 2)}`, `ends ${lastLabels(name, 1)}`, 'ends']),
]

const lastLabels = (text: string, count: number): string => text.split('.').slice(-count).join('.')
