/** `pods/log`: which lines of a container's log a client asked for, and the lines still to come. */
import type { Api, Exchange } from './api.ts'
import { listAt, textAt } from './json.ts'
import { wholeNumber } from './list.ts'
import { createOutlet } from './outlet.ts'
import { isTrue } from './requestInfo.ts'
import { badRequest, notFound } from './status.ts'

export interface LogLine {
  /** Unix ms. */
  readonly atMs: number
  readonly text: string
}

export interface ContainerLog {
  /** Oldest first. */
  readonly lines: readonly LogLine[]
  /** Calls back with each further line; returns how to stop. */
  follow?(listener: (line: LogLine) => void): () => void
}

export interface PodContainer {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

/** Where container logs come from; undefined: the container has written nothing. */
export type LogSource = (container: PodContainer) => ContainerLog | undefined

/** Answers with the log, and stays open when asked to follow. */
export function podLog(api: Api, { info, type, query, response }: Exchange): void {
  const pod = api.store.get(type, info.namespace, info.name)
  if (!pod) throw notFound(type, info.name)
  const container = containerOf(info.name, pod.fields, query.get('container') ?? '')
  const selection = parseSelection(query, api.clock())
  const log = api.logs({ namespace: info.namespace, pod: info.name, container }) ?? { lines: [] }

  response.writeHead(200, { 'content-type': 'text/plain' })
  response.flushHeaders()
  const outlet = createOutlet(response, api.faults)
  outlet.write(selectedText(log.lines, selection))
  if (selection.follow && log.follow) {
    response.once(
      'close',
      log.follow((line) => outlet.write(lineText(line, selection.timestamps))),
    )
  } else outlet.end()
}

function containerOf(name: string, pod: unknown, asked: string): string {
  const names = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((kind) =>
    listAt(pod, 'spec', kind).map((one) => textAt(one, 'name')),
  )
  const plain = listAt(pod, 'spec', 'containers').map((one) => textAt(one, 'name'))
  if (asked === '' && plain.length > 1) {
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${plain.join(' ')}]`)
  }
  if (asked !== '' && !names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`)
  return asked || (plain[0] ?? '')
}

export interface LogSelection {
  readonly sinceMs: number
  /** Undefined: all. */
  readonly tailLines?: number
  readonly limitBytes?: number
  readonly timestamps: boolean
  readonly follow: boolean
}

export function parseSelection(query: URLSearchParams, nowMs: number): LogSelection {
  const sinceTime = query.get('sinceTime') ?? ''
  const sinceSeconds = wholeNumber(query, 'sinceSeconds')
  if (sinceTime !== '' && query.has('sinceSeconds')) {
    throw badRequest('at most one of `sinceTime` or `sinceSeconds` may be specified')
  }
  const sinceMs = sinceTime === '' ? (sinceSeconds === 0 ? 0 : nowMs - 1000 * sinceSeconds) : Date.parse(sinceTime)
  if (Number.isNaN(sinceMs)) throw badRequest(`parsing time "${sinceTime}": not RFC 3339`)
  return {
    sinceMs,
    ...(query.has('tailLines') ? { tailLines: wholeNumber(query, 'tailLines') } : {}),
    ...(query.has('limitBytes') ? { limitBytes: wholeNumber(query, 'limitBytes') } : {}),
    timestamps: query.has('timestamps') && isTrue(query.get('timestamps')),
    follow: query.has('follow') && isTrue(query.get('follow')),
  }
}

/** `tailLines` counts from the end of the whole log; the time is a filter on what it leaves, as kubelets do it. */
export function selectedText(lines: readonly LogLine[], selection: LogSelection): string {
  const { tailLines, limitBytes, sinceMs, timestamps } = selection
  const tail = tailLines === undefined ? lines : lines.slice(Math.max(0, lines.length - tailLines))
  const text = tail
    .filter((line) => line.atMs >= sinceMs)
    .map((line) => lineText(line, timestamps))
    .join('')
  return limitBytes === undefined ? text : Buffer.from(text).subarray(0, limitBytes).toString()
}

const lineText = ({ atMs, text }: LogLine, timestamps: boolean): string =>
  timestamps ? `${new Date(atMs).toISOString()} ${text}\n` : `${text}\n`
