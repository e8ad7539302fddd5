/**
 * Keeps the verdicts of all clusters up to date: hears what changes in the inventory, and lets what depends on it be
 * judged again, in slices that leave time for others. There is no timer: what does not change costs nothing.
 */
import type { ClusterName } from '@binocle/api/identity'
import { namespaceFacts } from '../catalog/namespaceFacts.ts'
import type { Config } from '../config/config.ts'
import type { Change, Inventory, Kind } from '../inventory/inventory.ts'
import { allKinds } from '../inventory/kinds.ts'
import type { Controller } from '../inventory/objects.ts'
import { isSelected } from '../mesh/consoleNamespaces.ts'
import { meshFactsOf } from '../mesh/mesh.ts'
import { checksByKind } from './checks/all.ts'
import { type ClusterJudge, createClusterJudge, type Unit } from './clusterJudge.ts'
import { type ConfigKind, configKinds, type Facts } from './facts.ts'
import { flat } from './flat.ts'
import { type Frame, frameOf } from './frame.ts'
import { settingsOf } from './settings.ts'
import { createTracker } from './tracker.ts'
import type { Verdicts } from './verdicts.ts'

export interface Surroundings {
  readonly inventory: Inventory
  readonly config: Config
  /** Calls back soon, after others had their turn. */
  readonly defer: (callback: () => void) => void
  /** Milliseconds of any origin. */
  readonly nowMs: () => number
}

export interface Engine {
  /** undefined: the cluster has not been judged yet. */
  verdicts(cluster: ClusterName): Verdicts | undefined
  /** As of the last time it was judged; undefined before. */
  facts(cluster: ClusterName): Facts | undefined
  /** A cluster may have been read meanwhile. */
  wake(): void
  /** Judges at once what little is due; of much a slice. */
  catchUp(): void
  /** Nothing is due, and every cluster that has been read has been judged. */
  settled(): boolean
  close(): void
}

/** What others may have to wait for. */
const sliceMs = 5

export function startEngine({ inventory, config, defer, nowMs }: Surroundings): Engine {
  const tracker = createTracker()
  const settings = settingsOf(config)
  const clusters = new Map<ClusterName, Judging>()
  const pending = new Map<string, Change>()
  const dueFirst = new Set<Unit>()
  const due = new Set<Unit>()
  let scheduled = false
  let closed = false
  let frameDue = false
  const unframed = new Set<ClusterName>()

  const checks = checksByKind({
    ...settings,
    others: (cluster) => {
      tracker.read('clusters')
      return [...clusters].filter(([name]) => name !== cluster).map(([, { judge }]) => judge.facts)
    },
  })

  function schedule(): void {
    if (scheduled || closed) return
    scheduled = true
    defer(() => {
      scheduled = false
      if (closed) return
      if (!advance(nowMs() + sliceMs)) schedule()
    })
  }

  /** True when nothing is left to do. */
  function advance(until: number): boolean {
    adopt()
    for (const judging of clusters.values()) if (!judging.fill(until, nowMs)) return false
    apply()
    if (!frames(until)) return false
    for (const judging of clusters.values()) if (!judging.digests(until, nowMs)) return false
    return work(dueFirst, until) && work(due, until)
  }

  function work(units: Set<Unit>, until: number): boolean {
    for (const unit of units) {
      units.delete(unit)
      unit.run()
      if (nowMs() > until) return units.size === 0
    }
    return true
  }

  /** Clusters that have been read meanwhile, and those that are gone. */
  function adopt(): void {
    const present = new Set(inventory.clusters())
    for (const name of clusters.keys()) {
      if (present.has(name)) continue
      clusters.delete(name)
      frameDue = true
      tracker.changed('clusters')
    }
    for (const name of present) {
      if (clusters.has(name) || !isRead(inventory, name)) continue
      const judge = createClusterJudge(name, tracker, {
        checks,
        ignore: settings.ignore,
        due: (unit, first) => (first ? dueFirst : due).add(unit),
      })
      const judging = createJudging(name, judge, inventory, config)
      clusters.set(name, judging)
      frameDue = true
      tracker.changed('clusters')
    }
  }

  function apply(): void {
    for (const change of pending.values()) {
      const judging = clusters.get(change.cluster)
      if (judging?.apply(change)) frameDue = true
    }
    pending.clear()
  }

  /** False when the time is over. */
  function frames(until: number): boolean {
    if (frameDue) for (const name of clusters.keys()) unframed.add(name)
    frameDue = false
    for (const name of unframed) {
      unframed.delete(name)
      clusters
        .get(name)
        ?.setFrame(
          frameOf(inventory, meshFactsOf(inventory), config.istio, name, (namespace) =>
            isSelected({ inventory, config }, namespace),
          ),
        )
      if (nowMs() > until) return unframed.size === 0
    }
    return true
  }

  const stop = inventory.onChange((change) => {
    if (clusters.has(change.cluster)) {
      pending.set(`${change.kind} ${change.cluster}/${change.namespace}/${change.name}`, change)
      schedule()
    }
  })

  return {
    verdicts: (cluster) => clusters.get(cluster)?.judge.verdicts,
    facts: (cluster) => {
      const judge = clusters.get(cluster)?.judge
      return judge?.facts.hasFrame() ? judge.facts : undefined
    },
    wake: schedule,
    catchUp: () => {
      if (!advance(nowMs() + sliceMs * 4)) schedule()
    },
    settled: () => {
      const all = inventory.clusters().every((name) => clusters.has(name) || !isRead(inventory, name))
      return all && !scheduled && pending.size === 0 && dueFirst.size + due.size === 0
    },
    close: () => {
      closed = true
      stop()
    },
  }
}

/** Without one of these every second object would seem to name something that does not exist. */
const needed: readonly Kind[] = [
  'namespaces',
  'services',
  'deployments.apps',
  'pods',
  ...configKinds.filter((kind) => kind !== 'gatewayclasses.gateway.networking.k8s.io'),
]

/** Every kind has been read once, or cannot be; what is not known where it is needed leaves all unjudged. */
const isRead = (inventory: Inventory, cluster: ClusterName): boolean =>
  allKinds.every((kind) => inventory.state(kind, cluster).state !== 'syncing') &&
  needed.every((kind) => !['failed', 'forbidden'].includes(inventory.state(kind, cluster).state))

/** One cluster, between the inventory and the judge. */
interface Judging {
  readonly judge: ClusterJudge
  /** Takes over what has been read; false when the time is over. */
  fill(until: number, nowMs: () => number): boolean
  /** True when it may have changed the frame. */
  apply(change: Change): boolean
  setFrame(frame: Frame): void
  /** Takes the workloads of namespaces in which something changed; false when the time is over. */
  digests(until: number, nowMs: () => number): boolean
}

/** Replicas and images come and go; what is asked of a Deployment is how it is labelled and what it exposes. */
const asked = (deployment: Controller | undefined): string =>
  deployment === undefined
    ? ''
    : JSON.stringify([deployment.labels, deployment.template.containers.map(({ ports }) => ports)])

const isConfigKind = (kind: Kind): kind is ConfigKind => configKinds.some((each) => each === kind)

const workloadKinds = new Set<Kind>([
  'pods',
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'replicationcontrollers',
  'workloadentries.networking.istio.io',
  'workloadgroups.networking.istio.io',
])

const frameKinds = new Set<Kind>([
  'namespaces',
  'configmaps',
  'daemonsets.apps',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
])

function createJudging(cluster: ClusterName, judge: ClusterJudge, inventory: Inventory, config: Config): Judging {
  const digestDue = new Set<string>()
  const shown = new Set<string>()
  const istiods = new Set<string>()
  const { facts } = judge

  function namespace(name: string): void {
    const found = inventory.get('namespaces', { cluster, namespace: '' }, name)
    const isShown = found !== undefined && isSelected({ inventory, config }, found)
    facts.setNamespaceLabels(name, found?.labels)
    if (isShown === shown.has(name)) return
    if (isShown) {
      shown.add(name)
      judge.watchNamespace(name)
    } else {
      shown.delete(name)
      judge.dropNamespace(name)
    }
    digestDue.add(name)
  }

  function deployment(at: string, name: string): boolean {
    const after = inventory.get('deployments.apps', { cluster, namespace: at }, name)
    const before = facts.deployments.held(`${at}/${name}`)
    if (asked(before) !== asked(after)) facts.deployments.put(flat(`${at}/${name}`), after)
    const isIstiod = after?.labels.app === 'istiod' || istiods.has(`${at}/${name}`)
    if (isIstiod) istiods.add(`${at}/${name}`)
    return isIstiod
  }

  function* steps(): Generator<void> {
    for (const { name } of inventory.all('namespaces', cluster)) yield namespace(name)
    for (const each of inventory.all('services', cluster))
      yield judge.putService(`${each.namespace}/${each.name}`, each)
    for (const each of inventory.all('deployments.apps', cluster)) {
      deployment(each.namespace, each.name)
      yield
    }
    for (const kind of configKinds) {
      for (const each of inventory.all(kind, cluster))
        yield judge.putConfig(kind, `${each.namespace}/${each.name}`, each)
    }
  }

  const filling = steps()
  return {
    judge,
    fill: (until, nowMs) => {
      for (let step = filling.next(); !step.done; step = filling.next()) if (nowMs() > until) return false
      return true
    },
    apply: ({ kind, namespace: at, name }) => {
      let frame = frameKinds.has(kind)
      if (kind === 'namespaces') namespace(name)
      if (kind === 'services') judge.putService(`${at}/${name}`, inventory.get(kind, { cluster, namespace: at }, name))
      if (kind === 'deployments.apps') frame = deployment(at, name) || frame
      if (isConfigKind(kind))
        judge.putConfig(kind, `${at}/${name}`, inventory.get(kind, { cluster, namespace: at }, name))
      if (workloadKinds.has(kind)) digestDue.add(at)
      return frame
    },
    setFrame: (frame) => {
      const before = judge.facts.hasFrame() ? judge.facts.frame().signature : ''
      judge.facts.setFrame(frame)
      if (before !== frame.signature) judge.allDue()
    },
    digests: (until, nowMs) => {
      for (const at of digestDue) {
        digestDue.delete(at)
        const here = shown.has(at) ? namespaceFacts({ inventory, config }, { cluster, namespace: at }) : undefined
        facts.setDigest(at, here)
        if (nowMs() > until && digestDue.size > 0) return false
      }
      return true
    },
  }
}
