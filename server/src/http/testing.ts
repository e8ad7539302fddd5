/** For tests: a request as a handler sees it. */
import type { Viewer } from '../access/scope.ts'
import type { Incoming } from './incoming.ts'
import { readParameters } from './parameters.ts'
import type { Request } from './route.ts'

export function requestOf(viewer: Viewer, incoming: Partial<Incoming> = {}, path: Request['path'] = {}): Request {
  return {
    viewer,
    again: () => Promise.resolve(viewer),
    incoming: incomingWith(incoming),
    path,
    query: readParameters(incoming.search ?? '', undefined),
    signal: new AbortController().signal,
  }
}

export const incomingWith = (given: Partial<Incoming> = {}): Incoming => ({
  method: 'GET',
  path: '/',
  search: '',
  headers: {},
  rawHeaders: [],
  address: '127.0.0.1',
  encrypted: false,
  requestId: 'r1',
  body: '',
  setCookie: () => {},
  ...given,
})
