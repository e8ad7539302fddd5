/** Does a real three-cluster mesh open readable? Asked of recorded answers where they are beside the repository. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { isGraph } from '../../pages/graph/graphQuery.ts'
import { readGraph } from '../model/meshGraph.ts'
import { complaints } from '../testing/layoutChecks.ts'
import { firstReadable, openingCandidates } from './openingLevel.ts'
import { readability } from './readability.ts'

const answers = join(import.meta.dirname, '../../../../../shared/golden/A/answers')
const recorded = existsSync(join(answers, 'index.json'))
/** What the page leaves for the graph at 1600 x 1000. */
const canvas = { width: 1100, height: 850 }

describe.skipIf(!recorded)('the recorded mesh (skipped without ../shared/golden)', () => {
  it.each([
    [
      'namespace shop',
      /graph\?namespaces=shop&graphType=versionedApp&injectServiceNodes=true.*appenders=deadNode/,
      ['apps', 'workloads'],
    ],
    [
      'all namespaces',
      /graph\?namespaces=shop,pay.*graphType=versionedApp&injectServiceNodes=true.*boxBy=cluster,namespace,app/,
      ['namespaces', 'apps'],
    ],
  ])('opens %s readable', (_what, path, levels) => {
    const graph = readGraph(answerTo(path))
    const candidates = openingCandidates(graph, canvas)
    const opening = firstReadable(candidates.map((candidate) => candidate.input))
    const chosen = candidates[opening?.index ?? -1]
    if (!opening || !chosen) throw new Error('nothing was drawn')
    const { labelPx, usedWidth, usedHeight } = readability(opening.layout, canvas)
    expect(levels).toContain(chosen.level)
    expect(labelPx).toBeGreaterThanOrEqual(10)
    expect(usedWidth).toBeGreaterThanOrEqual(0.6)
    expect(usedHeight).toBeGreaterThanOrEqual(0.6)
    expect(complaints(chosen.input, opening.layout)).toEqual([])
  })
})

function answerTo(path: RegExp) {
  const index: unknown = JSON.parse(readFileSync(join(answers, 'index.json'), 'utf8'))
  const file = /"file": ?"([^"]+)"/
  const request = JSON.stringify(index)
    .split('{"n":')
    .find((part) => path.test(part))
  const name = request ? file.exec(request)?.[1] : undefined
  if (!name) throw new Error(`no recorded answer to ${path}`)
  const bytes = readFileSync(join(answers, name))
  const answer: { body?: unknown } = JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'))
  if (!isGraph(answer.body)) throw new Error(`${name} is not a graph`)
  return answer.body
}
