import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { testMesh } from '../catalog/testing.ts'
import { fieldsOf } from '../istioconfig/read.ts'
import { startEngine } from './engine.ts'
import { type Example, examplesOf } from './testing/world.ts'

const examples = examplesOf(readFileSync(new URL('testing/examples.md', import.meta.url), 'utf8'))

describe('what is found', () => {
  it('has its examples', () => expect(examples).toHaveLength(40))
  it.each(examples.map((example) => [example.title, example] as const))('%s', (_title, example) => {
    expect(found(example)).toEqual(example.expected)
  })
})

function found({ clusters, world }: Example): readonly string[] {
  const mesh = testMesh(clusters)
  const { skipWildcardGatewayHosts } = fieldsOf(world.settings)
  const featureFlags = { validations: { skip_wildcard_gateway_hosts: skipWildcardGatewayHosts } }
  const engine = startEngine({
    inventory: mesh.inventory,
    config: { ...mesh.config, featureFlags },
    defer: () => {},
    nowMs: () => 0,
  })
  engine.catchUp()
  return Object.keys(clusters)
    .flatMap((cluster) => linesOf(cluster, engine.verdicts(cluster)))
    .sort()
}

function linesOf(cluster: string, verdicts: ReturnType<ReturnType<typeof startEngine>['verdicts']>): readonly string[] {
  if (verdicts === undefined) return []
  const lines: string[] = []
  for (const namespace of verdicts.namespaces()) {
    for (const [type, names] of verdicts.in(namespace)) {
      const kind = type.replace('gateway.networking.k8s.io/v1, Kind=Gateway', 'K8sGateway').replace(/^.*=/, '')
      for (const [name, { valid, checks }] of names) {
        if (valid && checks.length === 0) continue
        const texts = checks.map(({ code, severity, path }) => `${code} ${severity} ${path}`.trim()).sort()
        lines.push([`${cluster} ${kind} ${namespace}/${name} ${valid ? 'valid' : 'invalid'}`, ...texts].join('\n  '))
      }
    }
  }
  return lines
}
