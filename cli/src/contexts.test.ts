import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { accessOf, kubeconfigFiles } from './contexts.ts'

const folder = mkdtempSync(join(tmpdir(), 'binocle-contexts-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, cluster: string, user: string): string {
  const path = join(folder, name)
  writeFileSync(
    path,
    `current-context: ${cluster}
clusters: [{name: ${cluster}, cluster: {server: "https://${cluster}.example"}}]
contexts: [{name: ${cluster}, context: {cluster: ${cluster}, user: me}}]
users: [{name: me, user: ${user}}]
`,
  )
  return path
}

const east = file('east', 'east', '{token: abc}')
const west = file('west', 'west', '{exec: {command: log-in, apiVersion: client.authentication.k8s.io/v1}}')

describe('the kubeconfigs of a person', () => {
  it.each<[what: string, named: string[] | undefined, env: Record<string, string>, files: string[]]>([
    ['those named', ['/a'], { KUBECONFIG: '/b', HOME: '/home/me' }, ['/a']],
    ['those of KUBECONFIG', undefined, { KUBECONFIG: '/b:/c', HOME: '/home/me' }, ['/b', '/c']],
    ['the usual one', undefined, { HOME: '/home/me' }, ['/home/me/.kube/config']],
    ['none at all', undefined, {}, []],
  ])('are %s', (_what, named, env, files) => {
    expect(kubeconfigFiles(named, env)).toEqual(files)
  })

  it('are searched for a context one after the other', () => {
    expect(accessOf([east, west], 'west').server).toBe('https://west.example')
  })

  it('give the current context of the first when none is named', () => {
    expect(accessOf([east, west], undefined).server).toBe('https://east.example')
  })

  it('may name programs: kubectl runs them too', () => {
    expect(accessOf([west], 'west').credential).toMatchObject({ kind: 'exec', command: 'log-in' })
  })

  it.each([
    ['no file has the context', [east], 'south', 'there is no context'],
    ['there is no file', [], 'south', 'There is no kubeconfig'],
    ['the file is not there', ['/nowhere/kubeconfig'], 'south', 'cannot be read'],
  ])('are refused when %s', (_what, files, context, message) => {
    expect(() => accessOf(files, context)).toThrow(message)
  })
})
