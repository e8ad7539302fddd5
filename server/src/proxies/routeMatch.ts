/** What a route of an Envoy matches, in words: its path alone, as Kiali shows it. */
import type { Json } from '../inventory/json.ts'
import { textAt } from './fields.ts'

export function matchOf(match: Json): string {
  const prefix = textAt(match, 'prefix')
  const separated = textAt(match, 'path_separated_prefix')
  const regex = textAt(match, 'safe_regex', 'regex')
  const parts = [
    prefix === '' ? '' : `${prefix}*`,
    separated === '' ? '' : `${separated}*`,
    textAt(match, 'path'),
    regex === '' ? '' : `regex ${regex}`,
  ]
  return parts.filter((part) => part !== '').join(' ')
}
