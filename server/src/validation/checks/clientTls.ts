/** KIA0205 to KIA0208: what clients are told to do does not fit what servers demand, as each viewer sees it. */
import type { ConfigObject } from '../../inventory/objects.ts'
import type { Facts } from '../facts.ts'
import { destinationRule, wideMode } from '../parsed.ts'
import type { Report } from '../verdict.ts'
import { namesOf } from '../viewers.ts'
import type { Check } from './check.ts'

const path = 'spec/trafficPolicy/tls/mode'

/** Looks at the policies of the viewer, not of the rule's namespace: a foreign viewer's policies count (as Kiali). */
export const clientsAgainstServers: Check = ({ object, facts, viewers, report }) => {
  const { host, tlsMode } = destinationRule(object)
  const wide = host === '*.local' ? 'mesh' : host === `*.${object.namespace}.${facts.frame().domain}` ? 'namespace' : ''
  if (wide === '' || (tlsMode !== 'ISTIO_MUTUAL' && tlsMode !== 'DISABLE')) return
  for (const viewer of namesOf(facts.frame(), viewers)) {
    const plane = facts.frame().planes.get(viewer)
    if (plane === undefined) continue
    const own = modes(facts, viewer)
    const mesh = modes(facts, plane.root)
    if (tlsMode === 'DISABLE') plainText(wide, own, mesh, report)
    else if (!plane.autoMtls) {
      const asked = wide === 'mesh' ? mesh : [...own, ...mesh]
      const served = asked.some((mode) => mode === 'STRICT' || mode === 'PERMISSIVE')
      if (!served) report(wide === 'mesh' ? 'KIA0205' : 'KIA0206', path)
    }
  }
}

function plainText(wide: string, own: readonly string[], mesh: readonly string[], report: Report): void {
  if (wide === 'namespace') {
    const decided = own.find((mode) => mode === 'STRICT' || mode === 'PERMISSIVE')
    if (decided === 'STRICT') report('KIA0207', path)
    if (decided !== undefined || own.includes('DISABLE')) return
  }
  if (mesh.includes('STRICT')) report('KIA0208', path)
}

const modes = (facts: Facts, namespace: string): readonly string[] =>
  facts.inNamespace('peerauthentications.security.istio.io', namespace).map((policy: ConfigObject) => wideMode(policy))
