/**
 * Who may log in to a simulated mesh, each named by what they may see: everything; one cluster; one namespace of another.
 * Their rights are Kubernetes objects in the clusters, their names are what tokens of the provider say.
 */
import type { KubernetesJson } from '../scenario.ts'

export interface SimPerson {
  /** User name for Kubernetes, account at the provider. */
  readonly name: string
  /** For whoever reads it. */
  readonly rights: string
  /** What they hold in `cluster`, to be added to its objects. */
  objects(cluster: string): readonly KubernetesJson[]
}

/** Of a mesh with these clusters, in order; `namespace` is one that the last of them has. */
export function peopleOf(clusters: readonly string[], namespace: string): readonly SimPerson[] {
  const [first = '', last = first] = [clusters[0], clusters.at(-1)]
  return [
    {
      name: 'everywhere',
      rights: 'sees and changes everything',
      objects: () => [
        role('binocle-everything', ['*']),
        binding('ClusterRoleBinding', 'everywhere', 'binocle-everything'),
      ],
    },
    {
      name: `${first}-only`,
      rights: `sees everything in ${first}`,
      objects: (cluster) =>
        cluster === first
          ? [role('binocle-look', looking), binding('ClusterRoleBinding', `${first}-only`, 'binocle-look')]
          : [],
    },
    {
      name: `${last}-${namespace}`,
      rights: `sees the namespace ${namespace} of ${last}`,
      objects: (cluster) =>
        cluster === last
          ? [role('binocle-look', looking), binding('RoleBinding', `${last}-${namespace}`, 'binocle-look', namespace)]
          : [],
    },
  ]
}

/** The objects of all of them in one cluster, each once. */
export function rightsIn(cluster: string, people: readonly SimPerson[]): readonly KubernetesJson[] {
  const objects = people.flatMap((person) => person.objects(cluster))
  return [...new Map(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object])).values()]
}

const looking = ['get', 'list', 'watch']
const rbac = 'rbac.authorization.k8s.io'

const role = (name: string, verbs: readonly string[]): KubernetesJson => ({
  apiVersion: `${rbac}/v1`,
  kind: 'ClusterRole',
  metadata: { name },
  rules: [{ apiGroups: ['*'], resources: ['*'], verbs }],
})

const binding = (
  kind: 'ClusterRoleBinding' | 'RoleBinding',
  user: string,
  roleName: string,
  namespace?: string,
): KubernetesJson => ({
  apiVersion: `${rbac}/v1`,
  kind,
  metadata: { name: `binocle-${user}`, ...(namespace === undefined ? {} : { namespace }) },
  subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
  roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: roleName },
})
