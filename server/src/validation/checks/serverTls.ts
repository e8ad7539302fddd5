/** KIA0401, KIA0501, KIA0505, KIA0506: what servers demand does not fit what clients are told to do. */
import type { ConfigObject } from '../../inventory/objects.ts'
import type { Facts } from '../facts.ts'
import { destinationRule, wideMode } from '../parsed.ts'
import { sees, viewersOf } from '../viewers.ts'
import type { Check } from './check.ts'

export const serversAgainstClients: Check = ({ object, facts, report }) => {
  const mode = wideMode(object)
  if (mode !== 'DISABLE' && mode !== 'STRICT') return
  const frame = facts.frame()
  const plane = frame.planes.get(object.namespace)
  const own = `*.${object.namespace}.${frame.domain}`
  const rules = wideRules(facts, object.namespace).map(destinationRule)
  const isRoot = plane?.root === object.namespace
  if (mode === 'STRICT') {
    const hosts = isRoot ? ['*.local'] : [own, '*.local']
    const told = rules.some(({ host, tlsMode }) => hosts.includes(host) && tlsMode === 'ISTIO_MUTUAL')
    if (plane !== undefined && !plane.autoMtls && !told) report(isRoot ? 'KIA0401' : 'KIA0501', 'spec/mtls')
    return
  }
  const forced = rules.find(({ host, tlsMode }) => host === own && (isMutual(tlsMode) || tlsMode === 'DISABLE'))
  const meshForced = rules.some(({ host, tlsMode }) => host === '*.local' && isMutual(tlsMode))
  if (isRoot) {
    if (meshForced) report('KIA0506', 'spec/mtls')
  } else if (forced === undefined ? meshForced : isMutual(forced.tlsMode)) report('KIA0505', 'spec/mtls')
}

/** Rules with a wildcard host that the namespace sees. */
export const wideRules = (facts: Facts, viewer: string): readonly ConfigObject[] =>
  facts.config['destinationrules.networking.istio.io']
    .get('host *')
    .filter((rule) => sees(viewersOf(facts.frame(), rule), viewer))

export const isMutual = (mode: string): boolean => mode === 'ISTIO_MUTUAL' || mode === 'MUTUAL'
