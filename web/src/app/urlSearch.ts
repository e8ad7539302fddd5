/** The query of the address bar as plain text both ways: no JSON in it, commas and slashes readable, repeats kept. */

export type UrlSearch = Record<string, string | string[] | undefined>

export function parseSearch(query: string): UrlSearch {
  const search: UrlSearch = {}
  for (const [name, value] of new URLSearchParams(query)) {
    const before = search[name]
    search[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }
  return search
}

/** Starts with `?` unless empty. Absent and empty values are left out. */
export function stringifySearch(search: Record<string, unknown>): string {
  const pairs = Object.entries(search).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one) =>
      one === undefined || one === null || one === '' ? [] : [`${encoded(name)}=${encoded(String(one))}`],
    ),
  )
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

const encoded = (text: string): string => encodeURIComponent(text).replaceAll('%2C', ',').replaceAll('%2F', '/')
