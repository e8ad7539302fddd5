import { describe, expect, it } from 'vitest'
import { jsonPatch } from './jsonPatch.ts'
import { mergePatch } from './mergePatch.ts'
import { strategicMerge } from './strategicMerge.ts'

describe('a merge patch', () => {
  it.each([
    ['replaces a value', { a: 1 }, { a: 2 }, { a: 2 }],
    ['removes with null', { a: 1, b: 2 }, { a: null }, { b: 2 }],
    ['merges objects', { a: { b: 1 } }, { a: { c: 2 } }, { a: { b: 1, c: 2 } }],
    ['replaces lists', { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ['leaves no null behind in what it adds', {}, { a: { b: null, c: 1 } }, { a: { c: 1 } }],
  ])('%s', (_what, target, patch, expected) => {
    expect(mergePatch(target, patch)).toEqual(expected)
  })
})

describe('a JSON patch', () => {
  const target = { labels: { app: 'web', 'a/b': '1' }, list: [1, 2, 3] }
  it.each([
    [
      'adds to an object',
      [{ op: 'add', path: '/labels/x', value: 'y' }],
      { ...target, labels: { ...target.labels, x: 'y' } },
    ],
    ['inserts into a list', [{ op: 'add', path: '/list/1', value: 9 }], { ...target, list: [1, 9, 2, 3] }],
    ['appends to a list', [{ op: 'add', path: '/list/-', value: 9 }], { ...target, list: [1, 2, 3, 9] }],
    ['removes', [{ op: 'remove', path: '/list/0' }], { ...target, list: [2, 3] }],
    [
      'replaces',
      [{ op: 'replace', path: '/labels/app', value: 'db' }],
      { ...target, labels: { app: 'db', 'a/b': '1' } },
    ],
    ['reads escaped names', [{ op: 'remove', path: '/labels/a~1b' }], { ...target, labels: { app: 'web' } }],
    ['moves', [{ op: 'move', from: '/labels/app', path: '/app' }], { ...target, labels: { 'a/b': '1' }, app: 'web' }],
    ['copies', [{ op: 'copy', from: '/labels/app', path: '/app' }], { ...target, app: 'web' }],
    [
      'goes on after a test that holds',
      [
        { op: 'test', path: '/list/0', value: 1 },
        { op: 'remove', path: '/list' },
      ],
      { labels: target.labels },
    ],
  ])('%s', (_what, operations, expected) => {
    expect(jsonPatch(target, operations)).toEqual(expected)
  })

  it.each([
    ['a test that fails', [{ op: 'test', path: '/list/0', value: 7 }], /rejected our request/],
    ['a place that is not there', [{ op: 'remove', path: '/nope' }], /rejected our request/],
    ['an unknown operation', [{ op: 'shred', path: '/list' }], /unknown operation "shred"/],
    ['no list', { op: 'add' }, /a JSON patch is a list/],
  ])('refuses %s', (_what, operations, message) => {
    expect(() => jsonPatch(target, operations)).toThrow(message)
  })
})

describe('a strategic merge patch', () => {
  const containers = [
    { name: 'web', image: 'web:1', env: [{ name: 'A', value: '1' }] },
    { name: 'proxy', image: 'proxy:1' },
  ]
  it.each([
    [
      'merges containers by name, and their variables',
      { containers: [{ name: 'web', env: [{ name: 'B', value: '2' }] }] },
      [
        {
          name: 'web',
          image: 'web:1',
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
        containers[1],
      ],
    ],
    [
      'adds a container',
      { containers: [{ name: 'log', image: 'log:1' }] },
      [...containers, { name: 'log', image: 'log:1' }],
    ],
    ['deletes a container', { containers: [{ name: 'web', $patch: 'delete' }] }, [containers[1]]],
    ['replaces the list when told to', { containers: [{ $patch: 'replace' }, { name: 'log' }] }, [{ name: 'log' }]],
  ])('%s', (_what, patch, expected) => {
    expect(strategicMerge({ containers }, patch)).toEqual({ containers: expected })
  })

  it('merges ports of services by port and of containers by containerPort', () => {
    expect(
      strategicMerge({ ports: [{ port: 80, name: 'http' }] }, { ports: [{ port: 80, targetPort: 8080 }] }),
    ).toEqual({
      ports: [{ port: 80, name: 'http', targetPort: 8080 }],
    })
    expect(strategicMerge({ ports: [{ containerPort: 80 }] }, { ports: [{ containerPort: 81 }] })).toEqual({
      ports: [{ containerPort: 80 }, { containerPort: 81 }],
    })
  })

  it('replaces lists without a key, and forgets its directives', () => {
    const patch = { args: ['c'], $setElementOrder: [], finalizers: ['y'], '$deleteFromPrimitiveList/names': ['n'] }
    expect(strategicMerge({ args: ['a', 'b'], finalizers: ['x'], names: ['m', 'n'] }, patch)).toEqual({
      args: ['c'],
      finalizers: ['x', 'y'],
      names: ['m'],
    })
  })

  it('keeps only the keys it is told to retain', () => {
    const patch = { strategy: { $retainKeys: ['type'], type: 'Recreate' } }
    expect(strategicMerge({ strategy: { type: 'RollingUpdate', rollingUpdate: {} } }, patch)).toEqual({
      strategy: { type: 'Recreate' },
    })
  })
})
