/**
 * Judges the objects of one cluster. Each object, and the workloads of each namespace, is a unit of
 * work that is due when something it read has changed.
 */
import type { ConfigObject, Service } from '../inventory/objects.ts'
import { isAmbient } from './ambient.ts'
import type { Judged, KindChecks } from './checks/all.ts'
import { gvkOf } from './checks/check.ts'
import { servicePorts } from './checks/servicePorts.ts'
import { workload } from './checks/workload.ts'
import { type ConfigKind, createFacts, type Facts, type WritableFacts } from './facts.ts'
import { type Scope, scopeOf } from './scopes.ts'
import { type Evaluation, evaluation, type Tracker } from './tracker.ts'
import { clean, ignoredBy, judge, type Report, type Verdict } from './verdict.ts'
import { createVerdicts, type Verdicts } from './verdicts.ts'
import { isNobody, type Viewers, viewersOf } from './viewers.ts'

/** Something to be computed again. */
export interface Unit {
  run(): void
}

export interface ClusterJudge {
  readonly facts: WritableFacts
  readonly verdicts: Verdicts
  putConfig(kind: ConfigKind, id: string, object: ConfigObject | undefined): void
  putService(id: string, service: Service | undefined): void
  /** Workloads of the namespace are judged from now on. */
  watchNamespace(namespace: string): void
  dropNamespace(namespace: string): void
  /** Everything is due: the frame has changed. */
  allDue(): void
}

export interface JudgeOptions {
  readonly checks: Readonly<Partial<Record<ConfigKind, KindChecks>>>
  /** Codes that nobody wants to see. */
  readonly ignore: ReadonlySet<string>
  /** `first`: others read what comes out of it. */
  readonly due: (unit: Unit, first: boolean) => void
}

interface Work extends Unit {
  readonly first: boolean
  readonly evaluation: Evaluation
}

export function createClusterJudge(cluster: string, tracker: Tracker, options: JudgeOptions): ClusterJudge {
  const facts = createFacts(cluster, tracker)
  const verdicts = createVerdicts()
  const units = new Map<string, Work>()

  function watch(id: string, compute: () => void, first = false): void {
    const known = units.get(id)
    if (known !== undefined) {
      options.due(known, first)
      return
    }
    const unit: Work = {
      first,
      evaluation: evaluation(() => options.due(unit, first)),
      run: () => {
        if (units.get(id) === unit) tracker.run(unit.evaluation, compute)
      },
    }
    units.set(id, unit)
    options.due(unit, first)
  }

  function setScope(namespace: string, after: Scope | undefined): void {
    const before = facts.scopes.held(`${namespace}/scope`)
    if (JSON.stringify(before) !== JSON.stringify(after)) facts.scopes.put(before, after)
  }

  function drop(id: string): void {
    const unit = units.get(id)
    if (unit === undefined) return
    tracker.forget(unit.evaluation)
    units.delete(id)
  }

  return {
    facts,
    verdicts,
    putConfig: (kind, id, object) => {
      const index = facts.config[kind]
      const before = index.held(id)
      if (before !== undefined && object !== undefined && looksSame(before, object)) return
      index.put(before, object)
      const kindChecks = options.checks[kind]
      if (kindChecks === undefined) return
      if (object !== undefined) {
        watch(`${kind} ${id}`, () => {
          const held = index.held(id)
          if (held === undefined) return
          verdicts.set(held.namespace, typeOf(held), held.name, judgeConfig(held, facts, kindChecks, options.ignore))
        })
      } else if (before !== undefined) {
        drop(`${kind} ${id}`)
        verdicts.set(before.namespace, typeOf(before), before.name, undefined)
      }
    },
    putService: (id, service) => {
      const before = facts.services.held(id)
      if (before === undefined && service === undefined) return
      facts.services.put(before, service)
      if (service !== undefined) {
        watch(`service ${id}`, () => {
          const held = facts.services.held(id)
          if (held === undefined) return
          verdicts.set(held.namespace, 'service', held.name, judgeService(held, facts, options.ignore))
        })
      } else if (before !== undefined) {
        drop(`service ${id}`)
        verdicts.set(before.namespace, 'service', before.name, undefined)
      }
    },
    watchNamespace: (namespace) => {
      watch(`scope ${namespace}`, () => setScope(namespace, scopeOf(facts, namespace)), true)
      watch(`workloads ${namespace}`, () =>
        verdicts.replace(namespace, 'workload', workloadsOf(facts, namespace, options.ignore)),
      )
    },
    dropNamespace: (namespace) => {
      drop(`scope ${namespace}`)
      setScope(namespace, undefined)
      drop(`workloads ${namespace}`)
      verdicts.replace(namespace, 'workload', new Map())
    },
    allDue: () => {
      for (const unit of units.values()) options.due(unit, unit.first)
    },
  }
}

/** A write that changes nothing a check reads: managed fields, resource versions, most statuses. */
function looksSame(before: ConfigObject, after: ConfigObject): boolean {
  const text = ({ resource, labels, annotations, group }: ConfigObject) =>
    JSON.stringify([resource.spec, labels, annotations, group === 'gateway.networking.k8s.io' ? resource.status : null])
  return before === after || text(before) === text(after)
}

/** The key of its kind in answers. */
export function typeOf(object: ConfigObject): string {
  const { Group, Version, Kind } = gvkOf(object)
  return `${Group}/${Version}, Kind=${Kind}`
}

/** undefined: objects of this kind are not validated there. */
function judgeConfig(
  object: ConfigObject,
  facts: Facts,
  { judged, checks }: KindChecks,
  ignore: ReadonlySet<string>,
): Verdict | undefined {
  if (isGenerated(object)) return undefined
  const viewers = viewersFor(judged, object, facts)
  if (isNobody(viewers)) return undefined
  return judge(ignoredBy(object.annotations, ignore), (report) => {
    for (const check of checks) check({ object, facts, viewers, report })
  })
}

function viewersFor(judged: Judged, object: ConfigObject, facts: Facts): Viewers {
  const frame = facts.frame()
  const everywhere: Viewers = frame.viewers.length > 0 ? 'all' : []
  switch (judged) {
    case 'visible':
      return viewersOf(frame, object)
    case 'own':
      return frame.planes.has(object.namespace) ? [object.namespace] : []
    case 'ambient':
      return isAmbient(facts, object.namespace) ? everywhere : []
    case 'cluster':
      return everywhere
  }
}

const isGenerated = ({ group, kind, name }: ConfigObject): boolean =>
  group === 'networking.istio.io' &&
  (kind === 'Gateway' || kind === 'VirtualService') &&
  name.includes('autogenerated-k8s')

/** undefined: services of namespaces that nobody manages are not validated. */
function judgeService(service: Service, facts: Facts, ignore: ReadonlySet<string>): Verdict | undefined {
  if (!facts.frame().planes.has(service.namespace)) return undefined
  return judge(ignoredBy(service.annotations, ignore), (report) => servicePorts(service, facts, report))
}

/** Workloads of one name and different kinds share an entry. */
function workloadsOf(facts: Facts, namespace: string, ignore: ReadonlySet<string>): ReadonlyMap<string, Verdict> {
  if (facts.frame().viewers.length === 0) return new Map()
  const verdicts = new Map<string, Verdict>()
  for (const each of facts.workloadsIn(namespace)) {
    const verdict = judge(ignoredBy(each.annotations, ignore), (report: Report) => workload(each, facts, report))
    const before = verdicts.get(each.name) ?? clean
    verdicts.set(each.name, before === clean ? verdict : both(before, verdict))
  }
  return verdicts
}

const both = (a: Verdict, b: Verdict): Verdict => ({
  valid: a.valid && b.valid,
  checks: [...a.checks, ...b.checks.filter(({ code }) => !a.checks.some((each) => each.code === code))],
  references: [...a.references, ...b.references],
})
