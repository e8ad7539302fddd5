/**
 * What is found out about one object. Findings of several viewers are merged: the same place, severity and words count
 * once; every finding keeps its say in whether the object is valid (reference: validations.md 1.3, 1.6).
 */
import type { Gvk, ObjectKey, ValidationCheck } from '@binocle/api/catalog'
import type { Labels } from '../inventory/objects.ts'
import { type Code, catalogue, type Severity } from './catalogue.ts'

export interface Verdict {
  readonly valid: boolean
  readonly checks: readonly ValidationCheck[]
  /** Other objects involved in group findings. */
  readonly references: readonly ObjectKey[]
}

/** Nothing found. */
export const clean: Verdict = { valid: true, checks: [], references: [] }

export interface Finding {
  readonly severity?: Severity
  /** Instead of the catalogue's. */
  readonly invalid?: boolean
  readonly message?: string
  readonly references?: readonly Referred[]
}

/** An object of the same cluster. */
export interface Referred {
  readonly gvk: Gvk
  readonly namespace: string
  readonly name: string
  readonly cluster: string
}

export type Report = (code: Code, path: string, finding?: Finding) => void

/** Runs `check` and gathers what it reports, without the codes that nobody wants to see. */
export function judge(ignored: (code: string) => boolean, check: (report: Report) => void): Verdict {
  let valid = true
  const checks: ValidationCheck[] = []
  const references: ObjectKey[] = []
  check((code, path, finding = {}) => {
    const entry = catalogue[code]
    if (finding.invalid ?? entry.invalid) valid = false
    for (const { gvk, namespace, name, cluster } of finding.references ?? []) {
      const known = references.some(
        (each) =>
          each.name === name &&
          each.namespace === namespace &&
          each.objectGVK.Kind === gvk.Kind &&
          each.objectGVK.Group === gvk.Group,
      )
      if (!known) references.push({ objectGVK: gvk, name, namespace, cluster })
    }
    if (ignored(code)) return
    const severity = finding.severity ?? entry.severity
    const message = finding.message ?? entry.message
    const said = checks.some((each) => each.path === path && each.severity === severity && each.message === message)
    if (!said) checks.push({ code, message, severity, path })
  })
  return valid && checks.length === 0 && references.length === 0 ? clean : { valid, checks, references }
}

/** The annotation `kiali.io/ignore-validations`: blank ignores everything. */
export function ignoredBy(annotations: Labels, everywhere: ReadonlySet<string>): (code: string) => boolean {
  const written = annotations['kiali.io/ignore-validations']
  if (written === undefined) return (code) => everywhere.has(code)
  if (written.trim() === '') return () => true
  const here = new Set(written.split(',').map((code) => code.trim()))
  return (code) => everywhere.has(code) || here.has(code)
}
