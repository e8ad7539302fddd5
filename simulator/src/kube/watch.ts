/**
 * Watches: a stream of JSON lines that starts with the state, with the changes since a version, or at the present, and
 * goes on until its time is over. Bookmarks tell the client how far it is.
 */
import type { ServerResponse } from 'node:http'
import type { Api, Exchange } from './api.ts'
import type { StoredObject, StoreEvent } from './collection.ts'
import { wholeNumber } from './list.ts'
import { createOutlet } from './outlet.ts'
import { objectText } from './representation.ts'
import { isTrue } from './requestInfo.ts'
import { groupVersion } from './resources.ts'
import { type Matches, selectorOf } from './selectors.ts'
import { expired, invalidOptions, StatusError, statusOf, tooLargeVersion } from './status.ts'

/** Answers and keeps the response open. Throws a StatusError when the watch cannot start. */
export function watch(api: Api, exchange: Exchange): void {
  const { type, info, query } = exchange
  const selected = selectorOf(type, query.get('labelSelector') ?? '', query.get('fieldSelector') ?? '')
  const matches = inNamespace(info.namespace, info.name, selected)
  const options = watchOptions(api, query)
  const start = startOf(api, exchange, options, matches)
  if (start instanceof StatusError && start.code === 410 && api.faults.state.goneAs === 'status') throw start

  const { response } = exchange
  response.writeHead(200, { 'content-type': contentType(exchange) })
  response.flushHeaders()
  if (start instanceof StatusError) {
    response.end(line('ERROR', JSON.stringify(statusOf(start))))
    return
  }
  stream(api, exchange, options, start, matches)
}

interface WatchOptions {
  /** Undefined: none was given. */
  readonly from: number | undefined
  readonly initialEvents: boolean | undefined
  readonly bookmarks: boolean
  readonly timeoutMs: number
}

/** How long a watch lasts when the client does not say. */
const defaultTimeoutS = 1800

function watchOptions(api: Api, query: URLSearchParams): WatchOptions {
  const asked = query.get('sendInitialEvents')
  const match = query.get('resourceVersionMatch') ?? ''
  if (asked !== null && api.faults.state.streamingLists === 'refused') {
    throw forbiddenOption(
      'sendInitialEvents',
      'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
    )
  }
  if (asked !== null && match !== 'NotOlderThan') {
    throw forbiddenOption(
      'resourceVersionMatch',
      'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    )
  }
  if (asked === null && match !== '') {
    throw forbiddenOption(
      'resourceVersionMatch',
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    )
  }
  const from = query.get('resourceVersion') ?? ''
  return {
    from: from === '' ? undefined : wholeNumber(query, 'resourceVersion'),
    initialEvents: asked === null ? undefined : isTrue(asked),
    bookmarks: query.has('allowWatchBookmarks') && isTrue(query.get('allowWatchBookmarks')),
    timeoutMs: 1000 * (wholeNumber(query, 'timeoutSeconds') || defaultTimeoutS),
  }
}

const forbiddenOption = (field: string, why: string): StatusError =>
  invalidOptions([{ field, reason: 'FieldValueForbidden', why: `Forbidden: ${why}` }])

/** What a watch says before it waits for changes. */
interface Start {
  readonly events: readonly StoreEvent[]
  /** Ends the initial events with the bookmark that says so: whoever takes bookmarks gets it. */
  readonly initialEnd: boolean
  /** Changes up to here are told, or not wanted. */
  readonly version: number
}

function startOf(api: Api, { type, info }: Exchange, options: WatchOptions, matches: Matches): Start | StatusError {
  const { from, initialEvents } = options
  const version = api.store.resourceVersion
  if (initialEvents && api.faults.state.streamingLists === 'errorEvent') {
    return new StatusError(500, 'InternalError', 'RequestWatchProgress is disabled')
  }
  if (initialEvents && from !== undefined && from > version) throw tooLargeVersion(from, version)
  if (initialEvents ?? (from === undefined || from === 0)) {
    const state = api.store.page(type, { namespace: info.namespace, matches })?.objects ?? []
    const events = state.map((object) => ({ type: 'ADDED' as const, object }))
    return { events, initialEnd: options.bookmarks, version }
  }
  if (from === undefined || from === 0) return { events: [], initialEnd: false, version }
  const events = api.faults.state.goneStorm ? undefined : api.store.since(type, from)
  if (!events) return expired(`too old resource version: ${from} (${api.store.oldest(type)})`)
  return { events, initialEnd: false, version: Math.max(from, version) }
}

/** Tells `start`, then every change, until the client leaves or the time is over. */
function stream(api: Api, exchange: Exchange, options: WatchOptions, start: Start, matches: Matches): void {
  const { type, response } = exchange
  const outlet = createOutlet(response, api.faults)
  const told = teller(api, exchange, matches, start)
  outlet.pour(told.initial)

  const stops: (() => void)[] = []
  stops.push(api.store.subscribe(type, (event) => outlet.write(told.change(event))))
  if (options.bookmarks) {
    let next = () => {}
    const remind = () => {
      outlet.write(told.bookmark())
      next = api.schedule(api.bookmarkMs, remind)
    }
    next = api.schedule(api.bookmarkMs, remind)
    stops.push(() => next())
  }
  stops.push(
    api.schedule(options.timeoutMs, () => {
      if (options.bookmarks) outlet.write(told.bookmark())
      outlet.end()
    }),
  )
  onceClosed(response, () => {
    for (const stop of stops) stop()
  })
}

/** Turns events into the lines that one client understands. */
function teller(api: Api, { representation }: Exchange, matches: Matches, start: Start) {
  let columns = true
  const text = (object: StoredObject): string => {
    const written = objectText(object, representation, api.serialiser, columns)
    // A table names its columns once.
    columns = false
    return written
  }
  const bookmark = (initialEnd: boolean): string => {
    const metadata = {
      resourceVersion: String(initialEnd ? start.version : api.store.resourceVersion),
      ...(initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    }
    return line('BOOKMARK', JSON.stringify(bookmarkObject(representation, metadata)))
  }
  const tell = ({ type, object, previous }: StoreEvent): string => {
    const before = previous !== undefined && matches(previous)
    const after = type !== 'DELETED' && matches(object)
    if (after) return line(before ? 'MODIFIED' : 'ADDED', text(object))
    return before ? line('DELETED', text(type === 'DELETED' ? object : left(object, previous))) : ''
  }
  function* initial(): Iterable<string> {
    for (const event of start.events) yield tell(event)
    if (start.initialEnd) yield bookmark(true)
  }
  const change = (event: StoreEvent): string => (event.object.resourceVersion > start.version ? tell(event) : '')
  return { initial: initial(), change, bookmark: () => bookmark(false) }
}

/** What a client sees that no longer selects an object: its last selected state, at the version at which it left. */
function left(object: StoredObject, previous: StoredObject): StoredObject {
  const { metadata } = previous.fields
  const moved = typeof metadata === 'object' ? { ...metadata, resourceVersion: String(object.resourceVersion) } : {}
  return { ...previous, resourceVersion: object.resourceVersion, fields: { ...previous.fields, metadata: moved } }
}

function bookmarkObject({ form, type, version }: Exchange['representation'], metadata: object) {
  if (form === 'table') {
    const object = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }
    return {
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      columnDefinitions: [],
      rows: [{ cells: [], object }],
    }
  }
  if (form === 'metadata') return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }
  return { kind: type.kind, apiVersion: groupVersion(type.group, version), metadata }
}

const line = (type: string, object: string): string => `{"type":"${type}","object":${object}}\n`

const inNamespace =
  (namespace: string, name: string, selected: Matches | undefined): Matches =>
  (object) =>
    (namespace === '' || object.namespace === namespace || object.namespace === '') &&
    (name === '' || object.name === name) &&
    (selected === undefined || selected(object))

const contentType = ({ representation }: Exchange): string =>
  representation.form === 'object' ? 'application/json' : 'application/json;stream=watch'

const onceClosed = (response: ServerResponse, then: () => void): void => void response.once('close', then)
