/**
 * What a ztunnel says of itself, in Kiali's form (reference: api.md 13.5). It knows everything of its node and all that
 * this may call, in every namespace: what is of one that the viewer does not see is left out, by the fields that say so.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { ZtunnelDocument } from '@binocle/api/proxies'
import type { Scope } from '../access/scope.ts'
import { isRecord } from '../inventory/json.ts'
import type { Pacer } from '../outbound/pacer.ts'
import { createCutter, type Field } from './cutter.ts'
import { textAt } from './fields.ts'
import { inTurns } from './turns.ts'
import { certificateOf, configOf, serviceOf, workloadOf } from './ztunnelForms.ts'

/** The fields of the outermost object: `workloads`, `services`, ... */
export type ZtunnelDump = readonly Field[]

/** `end` throws `SyntaxError` on what is no dump. */
export function createZtunnelReader(): { push(chunk: Uint8Array): void; end(): ZtunnelDump } {
  // `{"workloads":[`
  const cutter = createCutter(2)
  return {
    push: cutter.push,
    end: () => {
      const { frame, fieldsOf } = cutter.end()
      if (!isRecord(frame)) throw new SyntaxError('it is no configuration of a ztunnel')
      return fieldsOf(frame)
    },
  }
}

/** `cluster`: where the ztunnel runs. */
export async function ztunnelDocument(
  dump: ZtunnelDump,
  scope: Scope,
  cluster: ClusterName,
  pacer: Pacer,
): Promise<ZtunnelDocument> {
  const sees = (namespace: string, of: ClusterName = cluster): boolean =>
    scope.sees({ cluster: of, namespace }) === 'yes'
  const ofField = async (name: string, rows: (element: unknown) => readonly unknown[]): Promise<unknown[] | null> => {
    const field = dump.find((each) => each.name === name)
    return field === undefined || !('elements' in field) ? null : inTurns(field.elements, rows, pacer)
  }
  const ownNamespace = (form: (element: unknown) => unknown) => (element: unknown) =>
    sees(textAt(element, 'namespace')) ? [form(element)] : []
  const config = dump.find(({ name }) => name === 'config')
  return {
    certificates: await ofField('certificates', (each) =>
      sees(namespaceOfIdentity(textAt(each, 'identity'))) ? [certificateOf(each)] : [],
    ),
    config: configOf(config !== undefined && 'value' in config ? config.value : undefined),
    policies: await ofField(
      'policies',
      ownNamespace((policy) => policy),
    ),
    services: await ofField(
      'services',
      ownNamespace((each) => serviceOf(each, (uid) => sees(...placeOf(uid)))),
    ),
    workloads: await ofField('workloads', (each) =>
      sees(textAt(each, 'namespace'), textAt(each, 'clusterId') || cluster)
        ? [workloadOf(each, (name) => sees(name))]
        : [],
    ),
  }
}

/** `spiffe://<trust domain>/ns/<namespace>/sa/<account>` */
const namespaceOfIdentity = (identity: string): string => /\/ns\/([^/]+)\/sa\//.exec(identity)?.[1] ?? ''

/** `<cluster>/<group>/<kind>/<namespace>/<name>` */
function placeOf(uid: string): [namespace: string, cluster: ClusterName] {
  const [cluster = '', , , namespace = ''] = uid.split('/')
  return [namespace, cluster]
}
