/** Verdicts in Kiali's form, of what a viewer may see (reference: validations.md 1.2, 1.4, 1.5). */
import type { Gvk, ObjectValidation, Validations } from '@binocle/api/catalog'
import type { ClusterName, NamespaceRef } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import type { ValidationSource } from '../catalog/providers.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { isEmpty, workloadSelector } from '../istioconfig/selectors.ts'
import type { Engine } from './engine.ts'
import { referencesOf } from './references/references.ts'
import type { Verdict } from './verdict.ts'

export function validationDocuments(engine: Engine, inventory: Inventory): ValidationSource {
  const verdictsOf = (cluster: ClusterName) => {
    engine.catchUp()
    return engine.verdicts(cluster)
  }

  const of: ValidationSource['of'] = (scope, cluster, { namespaces, keep } = {}) => {
    const verdicts = verdictsOf(cluster)
    const documents: Validations = {}
    if (verdicts === undefined) return documents
    for (const namespace of namespaces ?? verdicts.namespaces()) {
      if (scope.sees({ cluster, namespace }) !== 'yes') continue
      for (const [type, names] of verdicts.in(namespace)) {
        for (const [name, verdict] of names) {
          if (keep !== undefined && !keep(type, name)) continue
          documents[type] ??= {}
          documents[type][`${name}.${namespace}`] = entry({ cluster, namespace }, type, name, verdict, scope)
        }
      }
    }
    return documents
  }

  return {
    of,
    one: (scope, at, type, name) => {
      if (scope.sees(at) !== 'yes') return undefined
      const verdict = verdictsOf(at.cluster)?.in(at.namespace).get(type)?.get(name)
      return verdict === undefined ? undefined : entry(at, type, name, verdict, scope)
    },
    summary: (scope, at) => {
      const seen = scope.sees(at) === 'yes' ? verdictsOf(at.cluster)?.in(at.namespace) : undefined
      return { ...counted(seen ?? new Map()), ...at }
    },
    references: (scope, object) => {
      engine.catchUp()
      const facts = engine.facts(object.cluster)
      return facts === undefined ? null : referencesOf(object, facts, inventory, scope)
    },
    details: (scope, cluster, kind, name) =>
      of(scope, cluster, { keep: (type, each) => type !== kind || each === name }),
    list: (scope, kind, namespaces) => {
      const documents: Record<string, ObjectValidation> = {}
      for (const at of namespaces) {
        for (const [name, verdict] of verdictsOf(at.cluster)?.in(at.namespace).get(kind) ?? []) {
          documents[`${name}.${at.namespace}`] = entry(at, kind, name, verdict, scope)
        }
      }
      return Object.keys(documents).length === 0 ? {} : { [kind]: documents }
    },
    brokenPeerAuthentication: (at) => {
      const policies = verdictsOf(at.cluster)?.in(at.namespace).get('security.istio.io/v1, Kind=PeerAuthentication')
      return inventory
        .in('peerauthentications.security.istio.io', at)
        .filter((policy) => isEmpty(workloadSelector(policy)))
        .some(({ name }) => policies?.get(name)?.valid === false)
    },
  }
}

/** References to what the viewer may not see are left out. */
function entry(at: NamespaceRef, type: string, name: string, verdict: Verdict, scope: Scope): ObjectValidation {
  const references = verdict.references.filter((each) => scope.sees(each) === 'yes')
  return {
    name,
    namespace: at.namespace,
    cluster: at.cluster,
    objectGVK: gvkOf(type),
    valid: verdict.valid,
    checks: [...verdict.checks],
    references: references.length === 0 ? null : references,
  }
}

function gvkOf(type: string): Gvk {
  const [, Group = '', Version = '', Kind = type] = /^([^/]*)\/([^/,]*), Kind=(.*)$/.exec(type) ?? []
  return { Group, Version, Kind }
}

/** Workloads are not counted, nor what is only worth knowing. */
function counted(types: ReadonlyMap<string, ReadonlyMap<string, Verdict>>) {
  let errors = 0
  let warnings = 0
  let objectCount = 0
  for (const [type, names] of types) {
    if (type === 'workload') continue
    for (const { checks } of names.values()) {
      objectCount++
      for (const { severity } of checks) {
        if (severity === 'error') errors++
        if (severity === 'warning') warnings++
      }
    }
  }
  return { errors, warnings, objectCount }
}
