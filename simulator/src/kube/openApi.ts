/**
 * As much OpenAPI v3 as kubectl needs to leave validation to the server: that every resource can be patched with the
 * parameter `fieldValidation`. No schemas.
 */
import type { Fields } from './json.ts'
import { groupVersion, type ResourceTable, type ResourceType } from './resources.ts'

/** The document at `/openapi/v3` or below; undefined when there is none. */
export function openApi(resources: ResourceTable, path: string): Fields | undefined {
  if (path === '/openapi/v3') return index(resources)
  const [, root, gv] = /^\/openapi\/v3\/(apis?)\/(.+)$/.exec(path) ?? []
  if (root === undefined || gv === undefined) return undefined
  const types = resources.all.filter(({ group, versions }) =>
    versions.some((version) => groupVersion(group, version) === gv),
  )
  return types.length === 0 ? undefined : document(types, gv, root)
}

function index(resources: ResourceTable): Fields {
  const gvs = new Set(
    resources.all.flatMap(({ group, versions }) => versions.map((version) => groupVersion(group, version))),
  )
  return {
    paths: Object.fromEntries([...gvs].map((gv) => [rooted(gv), { serverRelativeURL: `/openapi/v3/${rooted(gv)}` }])),
  }
}

const rooted = (gv: string): string => (gv.includes('/') ? `apis/${gv}` : `api/${gv}`)

const document = (types: readonly ResourceType[], gv: string, root: string): Fields => ({
  openapi: '3.0.0',
  info: { title: 'Kubernetes', version: 'simulated' },
  paths: Object.fromEntries(
    types.map((type) => [
      `/${root}/${gv}/${type.namespaced ? 'namespaces/{namespace}/' : ''}${type.plural}/{name}`,
      { patch: patchOperation(type, gv.slice(gv.indexOf('/') + 1)) },
    ]),
  ),
})

const patchOperation = ({ group, kind }: ResourceType, version: string): Fields => ({
  parameters: [{ name: 'fieldValidation', in: 'query', schema: { type: 'string', uniqueItems: true } }],
  responses: { 200: { description: 'OK' } },
  'x-kubernetes-action': 'patch',
  'x-kubernetes-group-version-kind': { group, kind, version },
})
