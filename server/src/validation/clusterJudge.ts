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
import { flat } from './flat.ts'
import { type Scope, scopeOf } from './scopes.ts'
import type { Evaluation, Tracker } from './tracker.ts'
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

/** What is judged in one way: the objects of a kind, or something of every namespace. Ids are texts of its own. */
interface Line {
  readonly units: Map<string, Work>
  /** Others read what comes out of it. */
  readonly first: boolean
  judge(id: string): void
}

/** A class, for there is one per object: a function of its own for each thing it does takes more than the rest of it. */
class Work implements Unit, Evaluation {
  readonly id: string
  readonly line: Line
  readonly judging: Judging
  facts: Evaluation['facts'] = []

  constructor(id: string, line: Line, judging: Judging) {
    this.id = id
    this.line = line
    this.judging = judging
  }

  due(): void {
    this.judging.due(this, this.line.first)
  }

  run(): void {
    const { id, line, judging } = this
    if (line.units.get(id) === this) judging.tracker.run(this, () => line.judge(id))
  }
}

interface Judging {
  readonly tracker: Tracker
  readonly due: JudgeOptions['due']
}

export function createClusterJudge(cluster: string, tracker: Tracker, options: JudgeOptions): ClusterJudge {
  const facts = createFacts(cluster, tracker)
  const verdicts = createVerdicts()
  const judging: Judging = { tracker, due: options.due }
  const lines: Line[] = []
  const configLines = new Map<ConfigKind, Line>()
  const services = lineOf((id) => {
    const held = facts.services.held(id)
    if (held === undefined) return
    verdicts.set(held.namespace, 'service', held.name, judgeService(held, facts, options.ignore))
  })
  const scopes = lineOf((namespace) => setScope(namespace, scopeOf(facts, namespace)), true)
  const workloads = lineOf((namespace) =>
    verdicts.replace(namespace, 'workload', workloadsOf(facts, namespace, options.ignore)),
  )

  function lineOf(judgeId: (id: string) => void, first = false): Line {
    const line: Line = { units: new Map(), first, judge: judgeId }
    lines.push(line)
    return line
  }

  function configLine(kind: ConfigKind, checks: KindChecks): Line {
    let line = configLines.get(kind)
    if (line === undefined) {
      const index = facts.config[kind]
      line = lineOf((id) => {
        const held = index.held(id)
        if (held === undefined) return
        verdicts.set(held.namespace, typeOf(held), held.name, judgeConfig(held, facts, checks, options.ignore))
      })
      configLines.set(kind, line)
    }
    return line
  }

  function watch(line: Line, id: string): void {
    let unit = line.units.get(id)
    if (unit === undefined) {
      unit = new Work(id, line, judging)
      line.units.set(id, unit)
    }
    unit.due()
  }

  function setScope(namespace: string, after: Scope | undefined): void {
    const before = facts.scopes.held(namespace)
    if (JSON.stringify(before) !== JSON.stringify(after)) facts.scopes.put(namespace, after)
  }

  function drop({ units }: Line, id: string): void {
    const unit = units.get(id)
    if (unit === undefined) return
    tracker.forget(unit)
    units.delete(id)
  }

  return {
    facts,
    verdicts,
    putConfig: (kind, at, object) => {
      const id = flat(at)
      const index = facts.config[kind]
      const before = index.held(id)
      if (before !== undefined && object !== undefined && looksSame(before, object)) return
      if (before !== undefined || object !== undefined) index.put(id, object)
      const checks = options.checks[kind]
      if (checks === undefined) return
      if (object !== undefined) watch(configLine(kind, checks), id)
      else if (before !== undefined) {
        drop(configLine(kind, checks), id)
        verdicts.set(before.namespace, typeOf(before), before.name, undefined)
      }
    },
    putService: (at, service) => {
      const id = flat(at)
      const before = facts.services.held(id)
      if (before === undefined && service === undefined) return
      facts.services.put(id, service)
      if (service !== undefined) watch(services, id)
      else if (before !== undefined) {
        drop(services, id)
        verdicts.set(before.namespace, 'service', before.name, undefined)
      }
    },
    watchNamespace: (namespace) => {
      watch(scopes, namespace)
      watch(workloads, namespace)
    },
    dropNamespace: (namespace) => {
      drop(scopes, namespace)
      setScope(namespace, undefined)
      drop(workloads, namespace)
      verdicts.replace(namespace, 'workload', new Map())
    },
    allDue: () => {
      for (const { units } of lines) for (const unit of units.values()) unit.due()
    },
  }
}

/** A write that changes nothing a check reads: managed fields, resource versions, most statuses. */
function looksSame(before: ConfigObject, after: ConfigObject): boolean {
  const text = ({ resource, labels, annotations, group }: ConfigObject) =>
    JSON.stringify([resource.spec, labels, annotations, group === 'gateway.networking.k8s.io' ? resource.status : null])
  return before === after || text(before) === text(after)
}

/** The key of its kind in answers: one text per kind. */
export function typeOf(object: ConfigObject): string {
  const { Group, Version, Kind } = gvkOf(object)
  const type = `${Group}/${Version}, Kind=${Kind}`
  const known = types.get(type)
  if (known !== undefined) return known
  types.set(type, type)
  return type
}

/** As many as there are kinds and versions of them. */
const types = new Map<string, string>()

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
