import { describe, expect, it } from 'vitest'
import { isRecord } from '../inventory/json.ts'
import { createPacer } from '../outbound/pacer.ts'
import type { Sink } from './collection.ts'
import { answered, KubeFailure } from './failure.ts'
import { type ReflectorState, startReflector } from './reflector.ts'
import { createSlots } from './slots.ts'
import { type FakeTime, fakeTime, type Script, type ScriptedApi, scriptedApi, settled } from './testing.ts'

interface Scene {
  readonly api: ScriptedApi
  readonly time: FakeTime
  /** What the sink was told, e.g. `put a`, `remove a`, `resync`, `done`. */
  readonly told: string[]
  /** States in order, e.g. `live`, `failing forbidden`. */
  readonly states: string[]
  readonly reflector: ReturnType<typeof startReflector>
}

async function scene(
  scripts: readonly Script[],
  options: { reloadable?: boolean; sink?: Partial<Sink>; watchSeconds?: number } = {},
): Promise<Scene> {
  const api = scriptedApi(scripts, options.reloadable)
  const time = fakeTime()
  const told: string[] = []
  const states: string[] = []
  const put = (object: unknown): unknown => told.push(`put ${nameOf(object)}`)
  const sink: Sink = {
    put,
    remove: (object) => told.push(`remove ${nameOf(object)}`),
    resync: () => {
      told.push('resync')
      return { put, done: () => told.push('done') }
    },
    ...options.sink,
  }
  const onState = (state: ReflectorState): void => {
    states.push(state.state === 'failing' ? `failing ${state.failure.reason}` : state.state)
  }
  const reflector = startReflector({
    api,
    path: '/api/v1/pods',
    sink,
    onState,
    surroundings: time,
    pacer: createPacer(),
    syncSlots: createSlots(1),
    watchSeconds: () => options.watchSeconds ?? 450,
    onSilence: () => told.push('silence'),
  })
  await settled()
  return { api, time, told, states, reflector }
}

const nameOf = (object: unknown): string =>
  isRecord(object) && isRecord(object.metadata) ? String(object.metadata.name) : '?'

const event = (type: string, name: string, version: number): string =>
  `${JSON.stringify({ type, object: { metadata: { name, resourceVersion: String(version) } } })}\n`
const bookmark = (version: number): string =>
  `${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(version) } } })}\n`
const complete = (version: number): string =>
  `${JSON.stringify({
    type: 'BOOKMARK',
    object: { metadata: { resourceVersion: String(version), annotations: { 'k8s.io/initial-events-end': 'true' } } },
  })}\n`
const errorEvent = (code: number): string => `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code } })}\n`
const page = (names: readonly string[], version: number, next = ''): string =>
  JSON.stringify({
    metadata: { resourceVersion: String(version), continue: next },
    items: names.map((name) => ({ metadata: { name } })),
  })

const stays = (...sends: string[]): Script => ({ sends, end: 'open' })
const ends = (...sends: string[]): Script => ({ sends, end: 'closed' })
const fails = (status: number, message = ''): Script => ({ fails: answered('west', 'GET', status, { message }) })
const reset: Script = { fails: new KubeFailure('unreachable', 'west', 'the connection was reset') }

/** Without the query parameters that are always the same. */
const queries = ({ api }: Scene): string[] =>
  api.asked.map((path) =>
    path.replace('/api/v1/pods?', '').replace('watch=true&allowWatchBookmarks=true&timeoutSeconds=450', 'watch'),
  )
const streamed = 'watch&sendInitialEvents=true&resourceVersionMatch=NotOlderThan'

describe('a streaming list', () => {
  it('is complete at its bookmark and goes on as a watch', async () => {
    const it = await scene([stays(event('ADDED', 'a', 1), event('ADDED', 'b', 2), complete(9))])
    await it.api.send(event('MODIFIED', 'a', 10) + event('DELETED', 'b', 11))
    expect(it.told).toEqual(['resync', 'put a', 'put b', 'done', 'put a', 'remove b'])
    expect(it.states).toEqual(['live'])
    expect(queries(it)).toEqual([streamed])
  })

  it('that ends before its bookmark deletes nothing and is asked again', async () => {
    const it = await scene([ends(event('ADDED', 'a', 1)), stays(complete(9))])
    expect(it.states).toEqual(['failing answer'])
    await it.time.advance(800)
    expect(it.told).toEqual(['resync', 'put a', 'resync', 'done'])
    expect(queries(it)).toEqual([streamed, streamed])
  })

  it.each([
    ['with 422', fails(422)],
    ['with 400', fails(400)],
    ['as an old etcd makes it: 200 and one ERROR event', ends(errorEvent(500))],
  ])('that is refused %s becomes a paged list, and stays one', async (_how, refusal) => {
    const it = await scene([refusal, ends(page(['a'], 5)), ends(errorEvent(410)), ends(page(['a'], 8)), stays()])
    expect(queries(it)).toEqual([
      streamed,
      'limit=500',
      'watch&resourceVersion=5',
      'limit=500',
      'watch&resourceVersion=8',
    ])
    expect(it.reflector.stats.mode).toBe('paged')
  })
})

describe('a paged list', () => {
  it('goes on until there is no further page', async () => {
    const it = await scene([fails(422), ends(page(['a'], 5, 'more/1')), ends(page(['b'], 5)), stays()])
    expect(it.told).toEqual(['resync', 'resync', 'put a', 'put b', 'done'])
    expect(queries(it).slice(1)).toEqual(['limit=500', 'limit=500&continue=more%2F1', 'watch&resourceVersion=5'])
  })

  it('whose continue token has expired begins once more', async () => {
    const it = await scene([fails(422), ends(page(['a'], 5, 'x')), fails(410), ends(page(['b'], 7)), stays()])
    expect(it.told).toEqual(['resync', 'resync', 'put a', 'resync', 'put b', 'done'])
    expect(it.states).toEqual(['live'])
  })

  it('that is truncated deletes nothing', async () => {
    const it = await scene([fails(422), ends(page(['a'], 5).slice(0, -1))])
    expect(it.told).not.toContain('done')
    expect(it.states).toEqual(['failing answer'])
  })
})

describe('a watch', () => {
  const listed = stays(complete(9))

  it('resumes from the last version it saw, bookmarks included', async () => {
    const it = await scene([ends(complete(9), event('ADDED', 'a', 10), bookmark(15)), stays()])
    await it.time.advance(800)
    expect(queries(it)).toEqual([streamed, 'watch&resourceVersion=15'])
    expect(it.states).toEqual(['live'])
  })

  it('that ends at once, again and again, is asked ever more slowly', async () => {
    const it = await scene([ends(complete(9)), ends(), ends(), ends(), ends()])
    expect(it.time.pending()).toEqual([800])
    await it.time.advance(800)
    expect(it.time.pending()).toEqual([1600])
    await it.time.advance(1600)
    expect(it.time.pending()).toEqual([3200])
  })

  it('of a version that is too old lists anew, with precise differences', async () => {
    const it = await scene([ends(complete(9)), ends(errorEvent(410)), stays(event('ADDED', 'b', 20), complete(21))])
    await it.time.advance(800 + 1600)
    expect(queries(it)).toEqual([streamed, 'watch&resourceVersion=9', streamed])
    expect(it.told).toEqual(['resync', 'done', 'resync', 'put b', 'done'])
  })

  it('of versions that are always too old is asked again within three seconds, however long it lasts', async () => {
    const storm = Array.from({ length: 8 }, () => fails(410))
    const it = await scene([ends(complete(9)), ...storm])
    const waits: number[] = []
    for (let turn = 0; turn < 6; turn++) {
      const [next = 0] = it.time.pending()
      waits.push(next)
      await it.time.advance(next)
    }
    expect(waits).toEqual([800, 1600, 2500, 2500, 2500, 2500])
  })

  it('of a server that ends its lists midway is asked again within three seconds, however long it does so', async () => {
    const midway = ends(event('ADDED', 'a', 1))
    const it = await scene(Array.from({ length: 8 }, () => midway))
    const waits: number[] = []
    for (let turn = 0; turn < 6; turn++) {
      const [next = 0] = it.time.pending()
      waits.push(next)
      await it.time.advance(next)
    }
    expect(waits).toEqual([800, 1600, 2500, 2500, 2500, 2500])
  })

  it('that is cut every few seconds is renewed as soon each time', async () => {
    const cut: Script = { sends: [], end: 'cut' }
    const it = await scene([ends(complete(9)), cut, cut, cut, cut, stays()])
    await it.time.advance(800)
    for (let turn = 0; turn < 4; turn++) {
      await it.time.advance(3_000)
      await it.api.cut()
      expect(it.time.pending()).toEqual([800])
      await it.time.advance(800)
    }
    expect(it.states.at(-1)).toBe('live')
  })

  it('says it fails while the network is down, and is live again when the server answers', async () => {
    const it = await scene([ends(complete(9)), reset, stays()])
    await it.time.advance(800)
    expect(it.states).toEqual(['live', 'failing unreachable'])
    await it.time.advance(1600)
    expect(it.states).toEqual(['live', 'failing unreachable', 'live'])
  })

  it('goes on where it was when a line is truncated', async () => {
    const it = await scene([ends(complete(9), event('ADDED', 'a', 10), '{"type":"ADD'), stays()])
    await it.time.advance(800)
    expect(queries(it)).toEqual([streamed, 'watch&resourceVersion=10'])
    expect(it.states).toEqual(['live', 'failing answer', 'live'])
  })

  it('is not disturbed by what its consumer throws', async () => {
    const put = (): void => {
      throw new Error('a defect')
    }
    const it = await scene([stays(complete(9), event('ADDED', 'a', 10), event('DELETED', 'b', 11))], { sink: { put } })
    expect(it.told).toEqual(['resync', 'done', 'remove b'])
    expect(it.reflector.stats.sinkErrors).toBe(1)
    expect(it.states).toEqual(['live'])
  })

  it('is asked anew at once on restart, from the last version', async () => {
    const it = await scene([listed, stays()])
    it.reflector.restart()
    await settled()
    expect(queries(it)).toEqual([streamed, 'watch&resourceVersion=9'])
  })

  it('ends with stop', async () => {
    const it = await scene([listed, stays()])
    it.reflector.stop()
    await it.time.advance(3_600_000)
    expect(it.api.asked).toHaveLength(1)
  })
})

/** With the time that watches are asked for, e.g. `watch 4 s, version 9`. */
const asked = ({ api }: Scene): string[] =>
  api.asked.map((path) => {
    const { timeoutSeconds, resourceVersion = '', limit } = Object.fromEntries(new URLSearchParams(path.split('?')[1]))
    if (limit !== undefined) return 'page'
    return resourceVersion === '' ? 'stream' : `watch ${timeoutSeconds} s, version ${resourceVersion}`
  })

describe('the end of a watch', () => {
  const four = { watchSeconds: 4 }

  it('is asked for; a list that streams is ended by us as soon, and nothing is out of order', async () => {
    const it = await scene([stays(complete(9)), stays()], four)
    await it.time.advance(4_000)
    await it.api.send(bookmark(12))
    await it.time.advance(3_900)
    expect(asked(it)).toEqual(['stream', 'watch 4 s, version 9'])
    expect(it.states).toEqual(['live'])
    expect(it.reflector.stats).toMatchObject({ restarts: 0, silences: 0 })
  })

  it('that is overdue shows that it is dead: others are warned, and it is tried anew without an alarm', async () => {
    const it = await scene([stays(complete(9)), stays(), stays(event('ADDED', 'a', 10))], four)
    await it.time.advance(4_000 + 4_400)
    expect(it.told).toEqual(['resync', 'done'])
    await it.time.advance(100)
    expect(it.told).toEqual(['resync', 'done', 'silence', 'put a'])
    expect(asked(it)).toEqual(['stream', 'watch 4 s, version 9', 'watch 1 s, version 9'])
    expect(it.states).toEqual(['live'])
  })

  it('that comes late because much else comes is no death', async () => {
    const it = await scene([stays(complete(9)), stays()], four)
    await it.time.advance(4_000)
    for (let version = 10; version < 18; version++) {
      await it.api.send(event('MODIFIED', 'a', version))
      await it.time.advance(400)
    }
    expect(it.reflector.stats.silences).toBe(0)
  })

  it('that a new watch does not bring either is an alarm, and the new one is no reason to end it', async () => {
    const it = await scene([stays(complete(9)), stays(), stays()], four)
    await it.time.advance(4_000 + 4_500 + 1_500)
    expect(it.states).toEqual(['live', 'failing silent'])
    expect(it.time.pending()).toEqual([60_000])
  })

  it('or anything else ends the alarm', async () => {
    const it = await scene([stays(complete(9)), stays(), stays(), stays()], four)
    await it.time.advance(4_000 + 4_500 + 1_500)
    it.reflector.distrust()
    await settled()
    expect(it.states).toEqual(['live', 'failing silent'])
    await it.api.send(bookmark(10))
    expect(it.states).toEqual(['live', 'failing silent', 'live'])
    expect(asked(it).slice(2)).toEqual(['watch 1 s, version 9', 'watch 1 s, version 9'])
  })

  it('is not needed from a watch that is believed because another one brought something', async () => {
    const it = await scene([stays(complete(9)), stays(), stays(), stays()], four)
    await it.time.advance(4_000 + 4_500 + 1_500)
    it.reflector.restart()
    await settled()
    expect(it.states).toEqual(['live', 'failing silent', 'live'])
    expect(asked(it).at(-1)).toBe('watch 4 s, version 9')
  })
})

describe('a streaming list that brings nothing', () => {
  it('becomes a paged one after 4 s, and watches are on trial', async () => {
    const it = await scene([stays(), ends(page(['a'], 5)), stays()])
    await it.time.advance(3_900)
    expect(asked(it)).toEqual(['stream'])
    await it.time.advance(100)
    expect(asked(it)).toEqual(['stream', 'page', 'watch 1 s, version 5'])
    expect(it.told).toEqual(['resync', 'silence', 'resync', 'put a', 'done'])
  })
})

describe('refusals', () => {
  it('401 reads the credential anew and tries once at once', async () => {
    const it = await scene([fails(401), stays(complete(9))], { reloadable: true })
    expect(it.api.reloads()).toBe(1)
    expect(it.states).toEqual(['live'])
  })

  it('a second 401 waits', async () => {
    const it = await scene([fails(401), fails(401), stays(complete(9))], { reloadable: true })
    expect(it.states).toEqual(['failing unauthorized'])
    expect(it.time.pending()).toEqual([1600])
  })

  it('403 is tried again every minute', async () => {
    const it = await scene([fails(403), fails(403)])
    expect(queries(it)).toEqual([streamed, 'limit=500'])
    expect(it.states).toEqual(['failing forbidden'])
    expect(it.time.pending()).toEqual([60_000])
  })

  it('404 is tried again every minute', async () => {
    const it = await scene([fails(404)])
    expect(it.states).toEqual(['failing absent'])
    expect(it.time.pending()).toEqual([60_000])
  })

  it('what may be listed and not watched is polled', async () => {
    const it = await scene([fails(403), ends(page(['a'], 5)), fails(403), ends(page(['b'], 6)), fails(403)])
    await it.time.advance(60_000)
    expect(it.states).toEqual(['live', 'live'])
    expect(it.told).toEqual(['resync', 'resync', 'put a', 'done', 'resync', 'put b', 'done'])
    expect(it.reflector.stats.mode).toBe('polled')
  })

  it('what may be watched again is no longer polled', async () => {
    const it = await scene([fails(403), ends(page(['a'], 5)), fails(403), ends(page(['b'], 6)), stays()])
    await it.time.advance(60_000)
    expect(queries(it).at(-1)).toBe('watch&resourceVersion=6')
    expect(it.reflector.stats.mode).toBe('streaming')
  })

  it('a watch that is forbidden all of a sudden is listed at once, to see whether that is forbidden too', async () => {
    const it = await scene([ends(complete(9)), fails(403), fails(403), fails(403)])
    await it.time.advance(800)
    await it.time.advance(1_600)
    expect(it.states).toEqual(['live', 'failing forbidden'])
    expect(it.told).toEqual(['resync', 'done', 'resync', 'resync'])
  })

  it('an answer that is no watch is not taken for one', async () => {
    const it = await scene([ends('<html>\n')])
    expect(it.states).toEqual(['failing answer'])
  })
})
