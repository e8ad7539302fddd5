/** KIA0101 to KIA0105: what an AuthorizationPolicy names. */
import { type Fields, fieldsOf, recordsOf, textOf, textsOf } from '../../istioconfig/read.ts'
import type { Facts } from '../facts.ts'
import { type Host, resolve, str, within } from '../hosts.ts'
import { isMtlsInForce } from '../mtls.ts'
import { specOf, virtualService } from '../parsed.ts'
import { kubernetesKnows } from '../registry.ts'
import { sees, severities, viewersOf } from '../viewers.ts'
import type { Check } from './check.ts'

/** Sources and operations of a policy with the paths at which they stand. */
export function partsOf(rules: readonly Fields[], list: 'from' | 'to', part: 'operation' | 'source') {
  return rules.flatMap((rule, index) =>
    recordsOf(rule[list]).map((each, at) => ({
      fields: fieldsOf(each[part]),
      path: `spec/rules[${index}]/${list}[${at}]/${part}`,
    })),
  )
}

export const unknownSourceNamespace: Check = ({ object, facts, report }) => {
  const { names } = facts.frame()
  for (const { fields, path } of partsOf(recordsOf(specOf(object).rules), 'from', 'source')) {
    textsOf(fields.namespaces).forEach((pattern, index) => {
      if (!matchesSome(pattern, names)) report('KIA0101', `${path}/namespaces[${index}]`)
    })
  }
}

function matchesSome(pattern: string, names: ReadonlySet<string>): boolean {
  if (pattern === '*') return names.size > 0
  if (names.has(pattern)) return true
  const all = [...names]
  const prefix = pattern.endsWith('*') ? pattern.slice(0, -1) : ''
  const suffix = pattern.startsWith('*') ? pattern.slice(1) : ''
  return (
    (prefix !== '' && all.some((name) => name.startsWith(prefix))) ||
    (suffix !== '' && all.some((name) => name.endsWith(suffix)))
  )
}

const methods = new Set(['*', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE'])

export const unknownMethod: Check = ({ object, report }) => {
  for (const { fields, path } of partsOf(recordsOf(specOf(object).rules), 'to', 'operation')) {
    textsOf(fields.methods).forEach((method, index) => {
      if (!isMethod(method.trim().toUpperCase())) report('KIA0102', `${path}/methods[${index}]`)
    })
  }
}

/** A star may stand at one end, beside the beginning or the end of a method. */
function isMethod(method: string): boolean {
  if (methods.has(method)) return true
  const known = [...methods].filter((each) => each !== '*')
  if (method.endsWith('*')) return method.length > 1 && known.some((each) => each.startsWith(method.slice(0, -1)))
  return method.length > 1 && method.startsWith('*') && known.some((each) => each.endsWith(method.slice(1)))
}

export const unknownOperationHost: Check = ({ object, facts, report }) => {
  const frame = facts.frame()
  const { namespace } = object
  for (const { fields, path } of partsOf(recordsOf(specOf(object).rules), 'to', 'operation')) {
    textsOf(fields.hosts).forEach((written, index) => {
      const trimmed = written.trim()
      const [, second, ...more] = trimmed.split('.')
      if (trimmed.startsWith('*') || trimmed.endsWith('*') || more.length > 0) return
      if (second !== undefined && second !== namespace && !frame.names.has(second)) return
      const host = resolve(written, namespace, frame)
      if (isKnown(facts, host, namespace)) return
      for (const severity of severities(frame, [namespace])) report('KIA0104', `${path}/hosts[${index}]`, { severity })
    })
  }
}

function isKnown(facts: Facts, host: Host, viewer: string): boolean {
  const frame = facts.frame()
  const name = str(host)
  return (
    facts.entriesMatching(name).some((entry) => sees(viewersOf(frame, entry), viewer)) ||
    kubernetesKnows(facts, name, viewer) ||
    facts
      .byHost('virtualservices.networking.istio.io', host.svc, host.ns)
      .some(
        (route) =>
          sees(viewersOf(frame, route), viewer) &&
          virtualService(route).hosts.some((each) => claims(each, route.namespace, host)),
      )
  )
}

/** A VirtualService makes a host known. */
function claims(host: string, namespace: string, { svc, ns, dom, full }: Host): boolean {
  if (host === '*' || within(svc, host)) return true
  if (!full) return host === svc
  return (
    (host === svc && namespace === ns) ||
    host === `${svc}.${ns}` ||
    host === `${svc}.${ns}.${dom}` ||
    host === `*.${ns}.${dom}`
  )
}

const peerFields = ['principals', 'notPrincipals', 'namespaces', 'notNamespaces'] as const
const peerKeys = new Set(['source.namespace', 'source.principal', 'connection.sni'])

export const needsMtls: Check = ({ object, facts, report }) => {
  const rules = recordsOf(specOf(object).rules)
  const paths = rules.flatMap((rule, index) => [
    ...partsOf([rule], 'from', 'source').flatMap(({ fields }, at) =>
      peerFields
        .filter((field) => textsOf(fields[field]).length > 0)
        .map((field) => `spec/rules[${index}]/from[${at}]/source/${field}`),
    ),
    ...recordsOf(rule.when).flatMap(({ key }, at) =>
      peerKeys.has(textOf(key)) ? [`spec/rules[${index}]/when[${at}]`] : [],
    ),
  ])
  if (paths.length === 0 || isMtlsInForce(facts, object)) return
  for (const path of paths) report('KIA0105', path)
}
