import { describe, expect, it } from 'vitest'
import { attributeWords, differenceParts, differenceSummary } from './differenceParts.ts'

const oddIn = (values: Record<string, string>, cluster: string, clusters = ['east', 'west']) =>
  differenceParts({ attribute: 'a', values }, clusters)
    .byCluster.get(cluster)
    ?.flatMap(({ text, odd }) => (odd ? [text] : []))

describe('the parts of a difference', () => {
  it('marks the names that not every cluster has', () => {
    expect(oddIn({ east: 'v1, v2', west: 'v1' }, 'east')).toEqual(['v2'])
  })

  it('marks nothing where a value only lacks what others have', () => {
    expect(oddIn({ east: 'v1, v2', west: 'v1' }, 'west')).toEqual([])
  })

  it('marks all of a value that another cluster does not have at all', () => {
    expect(oddIn({ east: 'gold' }, 'east')).toEqual(['gold'])
  })

  it('compares objects line by line', () => {
    const values = { east: '{"host":"cart","tls":{"mode":"SIMPLE"}}', west: '{"host":"cart","tls":{"mode":"MUTUAL"}}' }
    expect(differenceParts({ attribute: 'a', values }, ['east', 'west']).byCluster.get('west')).toEqual([
      { text: 'host: cart', odd: false },
      { text: 'tls:', odd: false },
      { text: '  mode: MUTUAL', odd: true },
    ])
  })

  it('writes lists as YAML does', () => {
    const value = '{"subsets":[{"name":"v1","labels":{"version":"v1"}},{"name":"v2"}]}'
    const parts = differenceParts({ attribute: 'a', values: { east: value } }, ['east'])
    expect(parts.byCluster.get('east')?.map(({ text }) => text)).toEqual([
      'subsets:',
      '  - name: v1',
      '    labels:',
      '      version: v1',
      '  - name: v2',
    ])
  })
})

it.each([
  ['versions', 'Versions'],
  ['serviceAccount', 'Service account'],
  ['labels.team', 'Label team'],
  ['annotations.example.com/owner', 'Annotation example.com/owner'],
  ['config.DestinationRule.checkout', 'DestinationRule checkout'],
  ['config.ServiceEntry.api.example.com', 'ServiceEntry api.example.com'],
])('%s reads as %s', (attribute, words) => {
  expect(attributeWords(attribute)).toBe(words)
})

it.each([
  [['config.DestinationRule.checkout', 'versions'], 'DestinationRule, Versions'],
  [['config.DestinationRule.a', 'config.DestinationRule.b'], 'DestinationRule'],
  [['labels.app.kubernetes.io/part-of'], 'Label part-of'],
])('%j is short in a list: %s', (attributes, words) => {
  expect(differenceSummary(attributes)).toBe(words)
})
