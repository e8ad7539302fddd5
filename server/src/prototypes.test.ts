/** Names that JavaScript gives a meaning, in everything that we read: they stay names. */
import { afterEach, describe, expect, it } from 'vitest'
import { loadConfig } from './config/load.ts'
import { parseRateAnnotation } from './health/tolerances.ts'
import { readParameters } from './http/parameters.ts'
import { createSharing } from './inventory/sharing.ts'
import { slim } from './inventory/slim.ts'
import { parseSelector } from './istioconfig/selectorText.ts'
import { parseKubeconfig } from './kube/kubeconfig.ts'
import { redact } from './redact.ts'
import { parseVector } from './telemetry/vector.ts'

const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__', 'valueOf']

/** Written by hand: a literal of JavaScript would set the prototype instead. */
const tree = (leaf: string): string =>
  `{"__proto__":{"polluted":${leaf}},"constructor":{"prototype":{"polluted":${leaf}}},"prototype":{"polluted":${leaf}}}`

afterEach(() => {
  for (const value of [{}, [], () => {}, 'text', 1]) expect(Reflect.get(Object(value), 'polluted')).toBeUndefined()
  expect(String({})).toBe('[object Object]')
})

const kubeconfigOptions = {
  folder: '/',
  file: 'kubeconfig',
  contexts: ['*'],
  execProvider: { enabled: false, allow: [] },
  readFile: () => '',
}

/** Refusing is as good as reading it for what it is. */
function tried(read: () => unknown): void {
  try {
    read()
  } catch {}
}

describe('a name that JavaScript gives a meaning', () => {
  it.each(names)('AUTH-176: is a query parameter like any other: %s', (name) => {
    const parameters = readParameters(`${name}=1&${name}[polluted]=1&${name}.polluted=1`, undefined)
    expect(parameters.text(name)).toBe('1')
    expect(() => readParameters(`${name}=1`, ['allowed'])).toThrow(`unsupported query parameter '${name}'`)
  })

  it.each(['', 'server: ', 'server: {rate_limits: ', 'kiali_feature_flags: ', 'health_config: '])(
    'AUTH-176: is no key of the configuration: %j',
    (before) => {
      tried(() =>
        loadConfig({ file: { name: 'c.yaml', text: `${before}${tree('true')}${before.includes('{') ? '}' : ''}` } }),
      )
      tried(() => loadConfig({ file: { name: 'c.yaml', text: `${before}\n  __proto__:\n    polluted: true\n` } }))
      tried(() =>
        loadConfig({ file: { name: 'c.yaml', text: `a: &a {polluted: true}\nserver:\n  <<: *a\n  __proto__: *a\n` } }),
      )
    },
  )

  it('AUTH-176: is no key of a kubeconfig', () => {
    tried(() => parseKubeconfig(tree('true'), kubeconfigOptions))
    tried(() =>
      parseKubeconfig(
        `{"clusters":[${tree('true')}],"users":[${tree('true')}],"contexts":[${tree('true')}]}`,
        kubeconfigOptions,
      ),
    )
  })

  it('AUTH-176: is a label like any other, of an object and of a series', () => {
    const pod = JSON.parse(
      `{"metadata":{"name":"a","namespace":"shop","labels":${tree('"x"').replace(/\{"polluted":"x"\}/g, '"x"')},"annotations":${tree('"x"')}},"spec":${tree('1')},"status":{}}`,
    )
    tried(() =>
      slim('pods', pod, { cluster: 'east', group: '', version: 'v1', kubernetesKind: 'Pod', sharing: createSharing() }),
    )
    const answer = `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__proto__":"x","constructor":"y"},"value":[1,"1"]}]}}`
    tried(() => parseVector(answer))
  })

  it.each(names)('AUTH-176: selects nothing by itself: %s', (name) => {
    expect(parseSelector(name)?.({}) ?? false).toBe(false)
    expect(parseSelector(`!${name}`)?.({}) ?? true).toBe(true)
    tried(() => parseRateAnnotation(`${name},1,2,${name},${name}`))
  })

  it('AUTH-176: is kept by what copies fields', () => {
    redact(JSON.parse(tree('true')))
  })
})
