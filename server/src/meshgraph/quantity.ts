/** Kubernetes quantities, e.g. `500m` or `2Gi`, as numbers. */

/** In units of the quantity itself: cores, bytes. 0 for what is no quantity. */
export function quantity(value: unknown): number {
  const match = /^([+-]?\d+(?:\.\d+)?)(?:e(\d+)|([a-zA-Z]{0,2}))$/.exec(String(value ?? ''))
  if (match === null) return 0
  const [, number = '', exponent, suffix = ''] = match
  if (exponent !== undefined) return Number(number) * 10 ** Number(exponent)
  const factor = factors.get(suffix)
  return factor === undefined ? 0 : Number(number) * factor
}

const factors = new Map([
  ['', 1],
  ['n', 1e-9],
  ['u', 1e-6],
  ['m', 1e-3],
  ...['k', 'M', 'G', 'T', 'P', 'E'].map((suffix, i): [string, number] => [suffix, 1000 ** (i + 1)]),
  ...['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((suffix, i): [string, number] => [suffix, 1024 ** (i + 1)]),
])
