/**
 * Lists: pages of one moment, selectors, and what `resourceVersion` asks for. A page's continue token holds the moment
 * and the last key; a moment that has left the window is 410 with a token to go on inconsistently.
 */
import type { Answer, Api, Exchange } from './api.ts'
import type { Page, Selection } from './collection.ts'
import { type Fields, numberAt, parsedJson, textAt } from './json.ts'
import { listText } from './representation.ts'
import { selectorOf } from './selectors.ts'
import { badRequest, expired, invalidOptions, tooLargeVersion } from './status.ts'

export function list(api: Api, exchange: Exchange): Answer {
  const { type, info, query, representation } = exchange
  const matches = selectorOf(type, query.get('labelSelector') ?? '', query.get('fieldSelector') ?? '')
  const { at, after, limit } = moment(api, query)
  const selection: Selection = { namespace: info.namespace, matches, after, limit, at }
  const page = api.faults.state.goneStorm && after !== undefined ? undefined : api.store.page(type, selection)
  if (!page) throw tooOld(query, after)
  const version = at ?? api.store.resourceVersion
  const metadata = listMetadata(version, page, matches !== undefined, type.custom)
  return {
    status: 200,
    contentType: 'application/json',
    body: listText(page.objects, metadata, representation, api.serialiser),
  }
}

/** Which moment a list reads, and where in it. */
function moment(api: Api, query: URLSearchParams): Pick<Selection, 'at' | 'after' | 'limit'> {
  const limit = wholeNumber(query, 'limit') || undefined
  const asked = query.get('resourceVersion') ?? ''
  const match = query.get('resourceVersionMatch') ?? ''
  const token = query.get('continue') ?? ''
  if (token !== '') {
    if (asked !== '' && asked !== '0')
      throw badRequest('specifying resource version is not allowed when using continue')
    const { at, after } = parseToken(token)
    return { limit, at, after }
  }
  if (match !== '' && match !== 'Exact' && match !== 'NotOlderThan') {
    throw invalidOptions([
      {
        field: 'resourceVersionMatch',
        reason: 'FieldValueNotSupported',
        why: `Unsupported value: "${match}": supported values: "Exact", "NotOlderThan", ""`,
      },
    ])
  }
  if (match !== '' && asked === '') {
    throw invalidOptions([
      {
        field: 'resourceVersionMatch',
        reason: 'FieldValueForbidden',
        why: 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
      },
    ])
  }
  // Any moment will do: answered from the server's cache, which knows no pages.
  if (asked === '0' && match !== 'Exact') return { limit: undefined }
  const version = wholeNumber(query, 'resourceVersion')
  if (version > api.store.resourceVersion) throw tooLargeVersion(version, api.store.resourceVersion)
  const exact = match === 'Exact' || (match === '' && limit !== undefined && version > 0)
  return exact ? { limit, at: version } : { limit }
}

/** A query parameter that is a whole number; 0 when absent. */
export function wholeNumber(query: URLSearchParams, parameter: string): number {
  const text = query.get(parameter) ?? ''
  if (text === '') return 0
  if (!/^\d{1,15}$/.test(text)) {
    const why = `parsing "${text}": invalid syntax`
    throw badRequest(
      parameter === 'resourceVersion'
        ? `invalid resource version: resourceVersion: Invalid value: "${text}": strconv.ParseUint: ${why}`
        : `strconv.ParseInt: ${why}`,
    )
  }
  return Number(text)
}

function listMetadata(version: number, page: Page, selected: boolean, custom: boolean): Fields {
  const resourceVersion = String(version)
  if (page.next === undefined) return custom ? { continue: '', resourceVersion } : { resourceVersion }
  return {
    resourceVersion,
    continue: tokenOf(version, page.next),
    ...(selected ? {} : { remainingItemCount: page.remaining }),
  }
}

/** `at` 0: go on at the present, in spite of the inconsistency. */
const tokenOf = (at: number, after: string): string =>
  Buffer.from(JSON.stringify({ v: 'sim', rv: at, after })).toString('base64url')

function parseToken(token: string): { at?: number; after: string } {
  const parsed = parsedJson(Buffer.from(token, 'base64url').toString())
  const after = textAt(parsed, 'after')
  if (textAt(parsed, 'v') !== 'sim' || after === '')
    throw badRequest('invalid continue token: continue key is not valid: unreadable token')
  const at = numberAt(parsed, 'rv')
  return at === 0 ? { after } : { at, after }
}

function tooOld(query: URLSearchParams, after: string | undefined) {
  if (after === undefined) {
    return expired(`The resourceVersion for the provided list is too old: ${query.get('resourceVersion') ?? ''}`)
  }
  return expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    { continue: tokenOf(0, after) },
  )
}
