import { describe, expect, it } from 'vitest'
import type { BinocleError } from '../errors.ts'
import { maskOf, wornAtHome, wornIn } from './impersonation.ts'

const everybody = { allowedUsers: [], allowedGroups: [] }
const automatic = ['system:authenticated', 'system:authenticated:oauth']
const person = (name: string, ...groups: string[]) => ({ name, groups })

describe('who is impersonated as whom', () => {
  it.each([
    ['somebody without groups', person('alice'), everybody, ['alice']],
    ['groups are passed on', person('alice', 'shop', 'CN=Ops,OU=IT'), everybody, ['alice', 'shop', 'CN=Ops,OU=IT']],
    [
      'names are bytes on the wire',
      person('Jürgen', 'CN=Größe'),
      everybody,
      ['J\u00c3\u00bcrgen', 'CN=Gr\u00c3\u00b6\u00c3\u009fe'],
    ],
    ['what everybody has is had once', person('alice', ...automatic, 'shop'), everybody, ['alice', 'shop']],
    [
      'a user of the list',
      person('alice', 'shop'),
      { ...everybody, allowedUsers: ['bob', 'alice'] },
      ['alice', 'shop'],
    ],
    [
      'groups of the list',
      person('alice', 'shop', 'bank'),
      { ...everybody, allowedGroups: ['bank'] },
      ['alice', 'bank'],
    ],
    ['no group of the list', person('alice', 'shop'), { ...everybody, allowedGroups: ['bank'] }, ['alice']],
    [
      'a group of the list in other case',
      person('alice', 'Bank'),
      { ...everybody, allowedGroups: ['bank'] },
      ['alice'],
    ],
  ])('AUTH-127: %s', (_what, who, lists, [user, ...groups]) => {
    expect(maskOf(who, lists, automatic)).toMatchObject({ impersonate: { user, groups: [...groups, ...automatic] } })
  })

  it.each([
    ['a user beside the list', person('eve'), { ...everybody, allowedUsers: ['alice'] }, 'unlisted'],
    ['a user of the list in other case', person('Alice'), { ...everybody, allowedUsers: ['alice'] }, 'unlisted'],
    [
      'a user of the system, listed or not',
      person('system:admin'),
      { ...everybody, allowedUsers: ['system:admin'] },
      'privileged',
    ],
    ['masters', person('alice', 'system:masters'), everybody, 'privileged'],
    [
      'masters beside the list of groups',
      person('alice', 'system:masters'),
      { ...everybody, allowedGroups: ['shop'] },
      'privileged',
    ],
    ['nodes', person('alice', 'system:nodes'), everybody, 'privileged'],
    ['accounts of workloads', person('alice', 'system:serviceaccounts'), everybody, 'privileged'],
    ['administrators of OpenShift', person('kube:admin', 'system:cluster-admins'), everybody, 'privileged'],
    ['a hidden character', person('al\u200bice'), everybody, 'malformed'],
  ])('AUTH-127: %s is refused', (_what, who, lists, refused) => {
    expect(maskOf(who, lists, automatic)).toEqual({ refused })
  })

  it('tells which groups are not passed on', () => {
    expect(maskOf(person('alice', 'shop', 'bank'), { ...everybody, allowedGroups: ['shop'] }, automatic)).toMatchObject(
      {
        dropped: ['bank'],
      },
    )
  })

  it('AUTH-127: refuses a group of the system that is none of the automatic ones', () => {
    const oauth = person('alice', 'system:authenticated:oauth')
    expect(maskOf(oauth, everybody, ['system:authenticated'])).toEqual({ refused: 'privileged' })
  })
})

describe('who is known at home', () => {
  const said: string[] = []
  const around = { home: 'east', log: (...words: unknown[]) => void said.push(JSON.stringify(words)) }
  const masked = (user: string, groups: readonly string[], restricted?: true) =>
    wornAtHome({ user, groups, ...(restricted ? { restricted } : {}) }, everybody, around)

  it.each([
    ['the group of everybody is had once', ['shop', 'system:authenticated'], ['shop', 'system:authenticated']],
    ['that of an OpenShift only if home says so', automatic, automatic],
    ['and else is not added', [], ['system:authenticated']],
  ])('is worn: %s', (_what, groups, expected) => {
    expect(masked('alice', groups)).toEqual({ user: 'alice', groups: expected })
  })

  it('is not worn by a token that may do less than its owner, and the log says why', () => {
    expect(() => masked('alice', ['shop'], true)).toThrow(
      expect.objectContaining<Partial<BinocleError>>({ code: 'BIN-AUTH-FORBIDDEN' }),
    )
    expect(said.join()).toContain('restricted')
  })

  it('is the same in every cluster, and takes no token along', () => {
    const on = wornIn(masked('alice', ['shop']))
    const impersonate = { user: 'alice', groups: ['shop', 'system:authenticated'] }
    expect([on('east'), on('west')]).toEqual([
      { cluster: 'east', kind: 'impersonated', impersonate },
      { cluster: 'west', kind: 'impersonated', impersonate },
    ])
  })
})
