/**
 * Who may do what: the RBAC objects in the store, plus what every Kubernetes cluster grants from the start.
 * The rules of each subject are gathered once, and again after an RBAC object changed.
 */
import type { StoredObject } from './collection.ts'
import type { Viewer } from './identities.ts'
import { type Fields, fieldsAt, listAt, textAt, textsAt } from './json.ts'
import type { ResourceTable } from './resources.ts'
import type { Store } from './store.ts'

/** What somebody wants to do. */
export type Attributes =
  | {
      readonly verb: string
      readonly group: string
      readonly resource: string
      readonly subresource: string
      /** `''`: all namespaces, or cluster-scoped. */
      readonly namespace: string
      readonly name: string
    }
  | { readonly verb: string; readonly path: string }

export interface Rule {
  readonly verbs: readonly string[]
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames: readonly string[]
  readonly nonResourceURLs: readonly string[]
}

export interface Authorizer {
  allows(viewer: Viewer, wanted: Attributes): boolean
  /** All rules that hold for the viewer in a namespace, for SelfSubjectRulesReview. */
  rules(viewer: Viewer, namespace: string): readonly Rule[]
}

/** Rules of one subject: everywhere, and in single namespaces. */
interface Grants {
  readonly everywhere: Rule[]
  readonly namespaces: Map<string, Rule[]>
}

/** `furtherDefaults`: what a distribution grants to everybody, beside what Kubernetes does. */
export function createAuthorizer(
  store: Store,
  resources: ResourceTable,
  furtherDefaults: (viewer: Viewer) => readonly Rule[] = () => [],
): Authorizer {
  let grants: Map<string, Grants> | undefined
  const types = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'].flatMap(
    (plural) => resources.byPlural(rbacGroup, 'v1', plural) ?? [],
  )
  for (const type of types) {
    store.subscribe(type, () => {
      grants = undefined
    })
  }

  function rules(viewer: Viewer, namespace: string): readonly Rule[] {
    grants ??= gathered(store, resources)
    const own = subjectsOf(viewer).flatMap((subject) => grants?.get(subject) ?? [])
    return [
      ...byDefault(viewer),
      ...furtherDefaults(viewer),
      ...own.flatMap(({ everywhere }) => everywhere),
      ...(namespace === '' ? [] : own.flatMap(({ namespaces }) => namespaces.get(namespace) ?? [])),
    ]
  }

  return {
    rules,
    allows: (viewer, wanted) =>
      viewer.groups.includes('system:masters') ||
      rules(viewer, 'path' in wanted ? '' : wanted.namespace).some((rule) => covers(rule, wanted)),
  }
}

const rbacGroup = 'rbac.authorization.k8s.io'

function gathered(store: Store, resources: ResourceTable): Map<string, Grants> {
  const grants = new Map<string, Grants>()
  const all = (plural: string): readonly StoredObject[] => {
    const type = resources.byPlural(rbacGroup, 'v1', plural)
    return (type && store.page(type, { namespace: '' })?.objects) ?? []
  }
  const clusterRoles = new Map(all('clusterroles').map((role) => [role.name, rulesOf(role.fields)]))
  const roles = new Map(all('roles').map((role) => [`${role.namespace}/${role.name}`, rulesOf(role.fields)]))
  const grantsOf = (subject: string): Grants => {
    const known = grants.get(subject) ?? { everywhere: [], namespaces: new Map() }
    grants.set(subject, known)
    return known
  }
  for (const binding of all('clusterrolebindings')) {
    const rules = clusterRoles.get(textAt(binding.fields, 'roleRef', 'name')) ?? []
    for (const subject of boundSubjects(binding)) grantsOf(subject).everywhere.push(...rules)
  }
  for (const binding of all('rolebindings')) {
    const name = textAt(binding.fields, 'roleRef', 'name')
    const ofCluster = textAt(binding.fields, 'roleRef', 'kind') === 'ClusterRole'
    const rules = (ofCluster ? clusterRoles.get(name) : roles.get(`${binding.namespace}/${name}`)) ?? []
    for (const subject of boundSubjects(binding)) {
      const { namespaces } = grantsOf(subject)
      namespaces.set(binding.namespace, [...(namespaces.get(binding.namespace) ?? []), ...rules])
    }
  }
  return grants
}

const rulesOf = (role: Fields): Rule[] =>
  listAt(role, 'rules').map((rule) => ({
    verbs: textsAt(rule, 'verbs'),
    apiGroups: textsAt(rule, 'apiGroups'),
    resources: textsAt(rule, 'resources'),
    resourceNames: textsAt(rule, 'resourceNames'),
    nonResourceURLs: textsAt(rule, 'nonResourceURLs'),
  }))

const boundSubjects = (binding: StoredObject): string[] =>
  listAt(binding.fields, 'subjects').map((subject) => {
    const { kind, name } = fieldsAt(subject)
    if (kind === 'Group') return `group ${name}`
    const namespace = textAt(subject, 'namespace') || binding.namespace
    return kind === 'ServiceAccount' ? `user system:serviceaccount:${namespace}:${name}` : `user ${name}`
  })

const subjectsOf = ({ user, groups }: Viewer): string[] => [`user ${user}`, ...groups.map((group) => `group ${group}`)]

const rule = (given: Partial<Rule>): Rule => ({
  verbs: [],
  apiGroups: [],
  resources: [],
  resourceNames: [],
  nonResourceURLs: [],
  ...given,
})

const publicPaths = rule({
  verbs: ['get'],
  nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'],
})
const discoveryPaths = rule({
  verbs: ['get'],
  nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'],
})
const selfReviews = [
  rule({
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  }),
  rule({ verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] }),
]
const everything = [
  rule({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }),
  rule({ verbs: ['*'], nonResourceURLs: ['*'] }),
]

/** What Kubernetes grants without being asked (its bootstrap roles). */
function byDefault({ groups }: Viewer): readonly Rule[] {
  if (groups.includes('system:masters')) return everything
  return groups.includes('system:authenticated') ? [publicPaths, discoveryPaths, ...selfReviews] : [publicPaths]
}

function covers(rule: Rule, wanted: Attributes): boolean {
  if (!has(rule.verbs, wanted.verb)) return false
  if ('path' in wanted) return rule.nonResourceURLs.some((pattern) => coversPath(pattern, wanted.path))
  return (
    has(rule.apiGroups, wanted.group) &&
    coversResource(rule.resources, wanted.resource, wanted.subresource) &&
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(wanted.name))
  )
}

const has = (list: readonly string[], one: string): boolean => list.includes(one) || list.includes('*')

function coversResource(list: readonly string[], resource: string, subresource: string): boolean {
  if (subresource === '') return has(list, resource)
  return has(list, `${resource}/${subresource}`) || list.includes(`*/${subresource}`)
}

const coversPath = (pattern: string, path: string): boolean =>
  pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path

/** Why a request was refused, as an API server says it. */
export function refusal(viewer: Viewer, wanted: Attributes): string {
  if ('path' in wanted) return `forbidden: User "${viewer.user}" cannot ${wanted.verb} path "${wanted.path}"`
  const { verb, group, resource, subresource, namespace, name } = wanted
  const subject = `${resource}${group === '' ? '' : `.${group}`}${name === '' ? '' : ` "${name}"`}`
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const full = subresource === '' ? resource : `${resource}/${subresource}`
  return `${subject} is forbidden: User "${viewer.user}" cannot ${verb} resource "${full}" in API group "${group}" ${where}`
}
