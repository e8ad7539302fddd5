import { describe, expect, it } from 'vitest'
import { loadConfig } from '../config/load.ts'
import type { Reply } from '../http/route.ts'
import { questions } from './questions.ts'
import { startWarmUp, warmUp } from './warmUp.ts'

const { config } = loadConfig({ flags: {} })

/** What was answered, by route and query. */
async function answers(of = config): Promise<ReadonlyMap<string, unknown>> {
  const heard = new Map<string, unknown>()
  await warmUp(
    of,
    setImmediate,
    () => false,
    (reply, { route, search }) => heard.set(`${route}?${search}`, bodyOf(reply)),
  )
  return heard
}

function bodyOf(reply: Reply): unknown {
  if (reply.kind === 'json') return reply.status === 200 ? reply.body : `status ${reply.status}`
  return reply.kind === 'document' ? JSON.parse(reply.document.json.toString()) : reply.kind
}

describe('the played mesh', () => {
  it('answers every question', async () => {
    const heard = await answers()
    expect(heard.size).toBe(questions.length)
    expect([...heard.values()].filter((body) => typeof body !== 'object')).toEqual([])
  })

  it('has its services in both clusters', async () => {
    const services = JSON.stringify((await answers()).get('/api/multicluster/services?'))
    for (const word of ['"cart"', '"web"', '"east"', '"west"']) expect(services).toContain(word)
  })

  it('has calls in every graph', async () => {
    const graphs = [...(await answers())].filter(([asked]) => asked.startsWith('/api/namespaces/graph'))
    expect(graphs).toHaveLength(4)
    for (const [asked, graph] of graphs) expect(edgesIn(graph), asked).toBeGreaterThan(3)
  })

  it('is not narrowed by what is chosen of the real one', async () => {
    const discoverySelectors = { default: [{ matchLabels: { team: 'a' }, matchExpressions: [] }], overrides: {} }
    const heard = await answers({ ...config, deployment: { ...config.deployment, discoverySelectors } })
    expect(heard.size).toBe(questions.length)
  })
})

const edgesIn = (graph: unknown): number => JSON.stringify(graph).split('"source":').length - 1

/** Time and turns that pass when told. */
function idleness(spare?: () => void) {
  let timers: (() => void)[] = []
  const spared: (() => void)[] = []
  const state = { idle: false, reported: [] as unknown[] }
  const stop = startWarmUp({
    config,
    isIdle: () => state.idle,
    later: (callback) => {
      timers.push(callback)
      return () => {
        timers = timers.filter((each) => each !== callback)
      }
    },
    spare: spare ?? ((callback) => spared.push(callback)),
    report: (error) => state.reported.push(error),
  })
  return {
    state,
    stop,
    spared,
    pass: () => {
      for (const callback of timers.splice(0)) callback()
    },
    timers: () => timers.length,
  }
}

describe('when it begins and ends', () => {
  it('waits until there is nothing better to do', () => {
    const warming = idleness()
    warming.pass()
    expect(warming.spared).toEqual([])
    warming.state.idle = true
    warming.pass()
    expect(warming.spared).not.toEqual([])
    warming.stop()
  })

  it('looks no more once it has begun', () => {
    const warming = idleness()
    warming.state.idle = true
    warming.pass()
    expect(warming.timers()).toBe(0)
    warming.stop()
  })

  it('never begins when it is stopped before', () => {
    const warming = idleness()
    warming.stop()
    expect(warming.timers()).toBe(0)
  })

  it('asks nothing more when it is stopped meanwhile', async () => {
    let asked = 0
    await warmUp(
      config,
      setImmediate,
      () => asked === 3,
      () => {
        asked += 1
      },
    )
    expect(asked).toBe(3)
  })

  it('tells of a defect, and that is all', async () => {
    const defect = new Error('no turns')
    const warming = idleness(() => {
      throw defect
    })
    warming.state.idle = true
    warming.pass()
    await new Promise(setImmediate)
    expect(warming.state.reported).toEqual([defect])
  })

  it('gives each question a turn of its own', async () => {
    const passed: string[] = []
    await warmUp(
      config,
      (callback) =>
        setImmediate(() => {
          passed.push('turn')
          callback()
        }),
      () => false,
      () => passed.push('answer'),
    )
    expect(passed.join(' ')).not.toContain('answer answer')
  })
})
