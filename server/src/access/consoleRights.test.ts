import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { allKinds, resources } from '../inventory/kinds.ts'
import { consoleRights, roleRules } from './consoleRights.ts'

describe('the rights of the console', () => {
  it('are those that docs/remote-clusters.md documents, row by row', () => {
    const document = readFileSync(new URL('../../../docs/remote-clusters.md', import.meta.url), 'utf8')
    const table = document.slice(document.indexOf('## The rights'), document.indexOf('The console never asks'))
    const code = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(', ')
    const rows = consoleRights.map(({ group, resources, view, edit, need, purpose }) => {
      const cells = [group === '' ? 'core' : `\`${group}\``, code(resources), view.join(', '), edit.join(', ')]
      return `| ${[...cells, need === 'needed' ? '*needed*' : '', purpose].join(' | ')} |`
    })
    expect(
      table
        .split('\n')
        .filter((line) => line.startsWith('| '))
        .slice(1),
    ).toEqual(rows)
  })

  it('cover every kind that is watched', () => {
    const rules = roleRules('view')
    const uncovered = allKinds.filter((kind) => {
      const { group, plural } = resources[kind]
      return !rules.some(
        ({ apiGroups, resources: named, verbs }) =>
          apiGroups.includes(group) &&
          (named.includes(plural) || named.includes('*')) &&
          ['get', 'list', 'watch'].every((verb) => verbs.includes(verb)),
      )
    })
    expect(uncovered).toEqual([])
  })

  it('to look change nothing but forwarded ports and reviewed tokens', () => {
    const writing = roleRules('view').filter(({ verbs }) =>
      verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)),
    )
    expect(writing.flatMap((rule) => rule.resources)).toEqual(['pods/portforward', 'tokenreviews'])
  })

  it('to edit are those to look, and more', () => {
    const edit = roleRules('edit')
    roleRules('view').forEach(({ verbs }, index) => {
      expect(edit[index]?.verbs).toEqual(expect.arrayContaining([...verbs]))
    })
  })

  it('never reach Secrets', () => {
    const core = roleRules('edit').filter(({ apiGroups }) => apiGroups.includes(''))
    expect(core.flatMap((rule) => rule.resources)).not.toContain('secrets')
    expect(core.flatMap((rule) => rule.resources)).not.toContain('*')
  })
})
