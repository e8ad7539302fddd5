/** Intended differences in what is answered to changes, beside those of what is read. */
import type { Difference } from '../compare.ts'
import { listed } from '../listed.ts'
import type { Listed } from '../listing.ts'

const anyWrite = ['DELETE', 'PATCH', 'POST'] as const
const ofConfig = /^\/api\/namespaces\/[^/]+\/istio\//
const ofWorkload = /^\/api\/namespaces\/[^/]+\/workloads\//
const routesOfConnections = /\/gateway\.networking\.k8s\.io\/v1\/(TCPRoute|TLSRoute)[/?]/

const config = (path: string): boolean => ofConfig.test(path)
const workload = (path: string): boolean => ofWorkload.test(path)
const connections = (path: string): boolean => routesOfConnections.test(path)
const notConnections = (path: string): boolean => !connections(path)

/** What the recording does not have, ours says as it was written. */
const onlyOurs = ({ recorded }: Difference): boolean => recorded === undefined

const forAll = (entry: Omit<Listed, 'method'>, methods: readonly string[] = anyWrite): readonly Listed[] =>
  methods.map((method) => ({ ...entry, method }))

/** Listed for reads, true of the answers to changes as well. */
const alsoOfChanges = new Set(['Objects are shown as they were written', 'A gvk that cannot be read changes nothing'])

export const listedWrites: readonly Listed[] = [
  ...listed,
  ...listed
    .filter(({ name }) => alsoOfChanges.has(name))
    .flatMap(({ method: _, ...entry }) => forAll(entry, ['PATCH', 'POST'])),
  ...forAll({
    name: 'What Kubernetes refuses is no error of the server',
    request: notConnections,
    at: /^\(status\)$/,
    recorded: 500,
    ours: [400, 409, 422],
  }),
  ...forAll(
    {
      name: 'Every type that is listed can be made',
      request: connections,
      at: /^\(status\)$/,
      ours: [200, 400, 422],
    },
    ['GET', ...anyWrite],
  ),
  ...forAll(
    {
      name: 'Objects are shown as they were written',
      request: config,
      at: /^\.resource\.spec\.(location|configPatches)$/,
      when: onlyOurs,
    },
    ['GET', 'PATCH', 'POST'],
  ),
  ...forAll(
    {
      name: 'Objects are shown as they were written',
      request: config,
      at: /^\.resource\.spec\.rules\[\]$/,
      ours: [undefined],
    },
    ['GET', 'PATCH', 'POST'],
  ),
  ...forAll(
    {
      name: 'Nobody in the replay takes up what was made',
      request: config,
      at: /^\.resource\.status\.(addresses|conditions|parents)(\[\].*)?$/,
    },
    ['GET', 'PATCH', 'POST'],
  ),
  ...forAll({
    name: 'The answer to a change of a workload has its health',
    request: workload,
    at: /^\.health\./,
    when: ({ recorded }) => recorded === undefined || recorded === null,
  }),
]
