/**
 * Our own regular expressions take no longer than the text is long, and none is made of what somebody else has written:
 * Node's engine tries every way, so that one text could stop everybody's console.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { parseAst } from 'rolldown/parseAst'
import { analyse, type Report } from 'scslre'
import { describe, expect, it } from 'vitest'

const root = new URL('..', import.meta.url).pathname
const files = ['api', 'cli', 'server', 'web']
  .flatMap((workspace) =>
    readdirSync(`${root}${workspace}/src`, { recursive: true, encoding: 'utf8' }).map(
      (file) => `${workspace}/src/${file}`,
    ),
  )
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|\/testing[/.]/.test(file))
  .sort()

interface Found {
  readonly where: string
  readonly pattern: string
  readonly flags: string
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** Calls back for every node of a syntax tree. */
function walk(node: unknown, visit: (node: Readonly<Record<string, unknown>>) => void): void {
  if (Array.isArray(node)) for (const each of node) walk(each, visit)
  else if (isRecord(node)) {
    visit(node)
    for (const name in node) walk(node[name], visit)
  }
}

function syntaxOf(file: string): unknown {
  return parseAst(readFileSync(`${root}${file}`, 'utf8'), { lang: file.endsWith('x') ? 'tsx' : 'ts' }).body
}

const literals: Found[] = []
const made: string[] = []
for (const file of files)
  walk(syntaxOf(file), (node) => {
    if (isRecord(node.regex))
      literals.push({
        where: file,
        pattern: String(node.regex.pattern),
        flags: String(node.regex.flags),
      })
    if (
      (node.type === 'NewExpression' || node.type === 'CallExpression') &&
      isRecord(node.callee) &&
      node.callee.name === 'RegExp'
    )
      made.push(file)
  })

/** Files that make a pattern at run time, and of what. */
const mayMake = [
  'server/src/auth/sessions.ts', // a number of our own
  'server/src/catalog/attributes.ts', // a label of Istio's
  'server/src/http/server.ts', // paths of our own table of routes
]

/** Files and folders whose searches are of the configuration, or of a text of bounded length. */
const mayMove = [
  'server/src/config/',
  'server/src/auth/openid/metadata.ts',
  'server/src/diagnosis/network.ts',
  'server/src/http/external.ts',
  'server/src/istiod/version.ts',
  'server/src/kube/barredHosts.ts',
  'server/src/kube/kubeconfigCluster.ts',
  'server/src/outbound/serviceClient.ts',
]

const reportsOf = (found: readonly Found[], counts: (report: Report) => boolean): string[] => [
  ...new Set(
    found.flatMap(({ flags, pattern, where }) =>
      analyse({ source: pattern, flags })
        .reports.filter(counts)
        .map(() => `${where}: /${pattern}/${flags}`),
    ),
  ),
]

describe('our regular expressions', () => {
  it('are many, so that this test has found them', () => {
    expect(literals.length).toBeGreaterThan(100)
  })

  it('AUTH-177: never try more ways from one place than the text is long', () => {
    expect(reportsOf(literals, (report) => report.type !== 'Move')).toEqual([])
  })

  it('AUTH-177: begin anew at every place only where the text is short, or of the configuration', () => {
    // What the page searches is what its own reader has typed.
    const onServer = literals.filter(
      ({ where }) => !where.startsWith('web/') && !mayMove.some((place) => where.startsWith(place)),
    )
    expect(reportsOf(onServer, (report) => report.type === 'Move')).toEqual([])
  })

  it('AUTH-177: are not made of what somebody else has written', () => {
    expect(made).toEqual(mayMake)
  })

  it('would be found slow if they were', () => {
    expect(analyse({ source: '^(a+)+$', flags: '' }).reports).not.toEqual([])
  })
})
