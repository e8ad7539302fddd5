import { describe, expect, it } from 'vitest'
import { documentOf } from '../testing/smallMesh.ts'
import { parseFind } from './find.ts'
import { hiddenBy, matchesOf } from './matches.ts'
import { readGraph } from './meshGraph.ts'

const graph = readGraph(
  documentOf(
    [
      'east/shop/web@v1 -> east/shop/cart@v1 10',
      'east/shop/web@v1 -> west/stock/goods@v2 5 5xx=1 Degraded',
      'west/stock/goods@v2 -> west/stock/feed@v1 2',
    ],
    { 'west/stock/goods@v2': 'Degraded' },
  ),
)
const web = 'v:east/shop/web@v1'
const cart = 'v:east/shop/cart@v1'
const goods = 'v:west/stock/goods@v2'
const feed = 'v:west/stock/feed@v1'

const nodesWith = (expression: string) => [...(matchesOf(graph, parseFind(expression))?.nodes ?? [])].sort()
const callsWith = (expression: string) =>
  [...(matchesOf(graph, parseFind(expression))?.calls ?? [])].map((call) => call.target)

describe('the find language', () => {
  it.each([
    ['app = web', [web]],
    ['name *= ar', [cart]],
    ['name contains ar', [cart]],
    ['name not contains ar', [web, feed, goods].sort()],
    ['cluster = west AND version = v2', [goods]],
    ['app = web or app = cart', [cart, web]],
    ['ns != shop', [feed, goods]],
    ['! healthy', [goods]],
    ['not healthy', [goods]],
    ['is healthy', [cart, web, feed]],
    ['httpin > 4', [cart, goods]],
    ['httpin = NaN', [web]],
    ['node = service', []],
    ['node = app', [cart, web, feed, goods]],
  ])('finds nodes: %s', (expression, expected) => {
    expect(nodesWith(expression)).toEqual(expected)
  })

  it.each([
    ['crosscluster', [goods]],
    ['!crosscluster', [cart, feed]],
    ['%httperr > 10', [goods]],
    ['http >= 5', [cart, goods]],
    ['sourcecluster = west', [feed]],
  ])('finds calls: %s', (expression, expected) => {
    expect(callsWith(expression)).toEqual(expected)
  })

  it.each([
    ['app = web AND crosscluster', /AND cannot join/],
    ['name = web AND version = v1', /`name` cannot/],
    ['colour = red', /Unknown operand "colour"/],
    ['http > many', /not a number/],
    ['http *= 3', /compares texts/],
    ['app > web', /compares numbers/],
    ['strange', /No operator found/],
    ['node = pod', /no node type/],
  ])('says what is wrong with: %s', (expression, error) => {
    const result = parseFind(expression)
    expect(result.ok ? '' : result.error).toMatch(error)
  })

  it('hides what matches and what has only hidden calls left', () => {
    const hidden = hiddenBy(graph, parseFind('app = goods'))
    expect([...hidden.nodes].sort()).toEqual([feed, goods])
  })
})
