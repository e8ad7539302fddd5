/**
 * The Prometheus of the played mesh: whatever it is asked, it answers the same calls between the played workloads, in
 * bytes that are read like those of a real one.
 */
import { createPacer } from '../outbound/pacer.ts'
import type { Prometheus } from '../telemetry/prometheus.ts'
import { readVector, type Sample, type SampleSink } from '../telemetry/vector.ts'
import { playedApps, playedClusters, playedNamespace, playedVersions } from './playedObjects.ts'

export function playedPrometheus(): Prometheus {
  const calls = playedCalls()
  const http = { request_protocol: 'http', response_flags: '-' }
  const answers = {
    requests: answerOf(
      calls.flatMap((call) => ['200', '503'].map((code) => ({ ...call, ...http, response_code: code }))),
    ),
    messages: answerOf(calls),
    bytes: answerOf(calls.map((call) => ({ ...call, response_flags: '-' }))),
  }
  const pacer = createPacer()
  const read = (query: string, sink: SampleSink): Promise<void> =>
    readVector(once(answers[familyOf(query)]), Number.POSITIVE_INFINITY, pacer, sink)
  return {
    async query(query) {
      const samples: Sample[] = []
      await read(query, { put: (sample) => samples.push(sample) })
      return samples
    },
    read: (query, _timeS, sink) => read(query, sink),
    close: async () => {},
  }
}

type Labels = Readonly<Record<string, string>>

/** Each workload calls every app in every cluster; both sides report it. */
function playedCalls(): Labels[] {
  const workloads = playedClusters.flatMap((cluster) =>
    playedApps.flatMap((app) => playedVersions.map((version) => ({ cluster, app, version }))),
  )
  return workloads.flatMap((source) =>
    workloads.flatMap((destination) =>
      ['source', 'destination'].map((reporter) => ({
        reporter,
        ...peer('source', source),
        ...peer('destination', destination),
        destination_service: `${destination.app}.${playedNamespace}.svc.cluster.local`,
        destination_service_name: destination.app,
        destination_service_namespace: playedNamespace,
        connection_security_policy: 'mutual_tls',
      })),
    ),
  )
}

interface PlayedWorkload {
  readonly cluster: string
  readonly app: string
  readonly version: string
}

const peer = (end: 'destination' | 'source', { cluster, app, version }: PlayedWorkload): Labels => ({
  [`${end}_cluster`]: cluster,
  [`${end}_workload_namespace`]: playedNamespace,
  [`${end}_workload`]: `${app}-${version}`,
  [`${end}_canonical_service`]: app,
  [`${end}_canonical_revision`]: version,
  [`${end}_principal`]: `spiffe://cluster.local/ns/${playedNamespace}/sa/${app}`,
})

const answerOf = (samples: readonly Labels[]): Buffer =>
  Buffer.from(
    JSON.stringify({
      status: 'success',
      data: {
        resultType: 'vector',
        result: samples.map((metric, index) => ({ metric, value: [1_700_000_000, String(1 + (index % 7) / 8)] })),
      },
    }),
  )

function familyOf(query: string): 'bytes' | 'messages' | 'requests' {
  if (query.includes('_messages_total')) return 'messages'
  return query.includes('istio_tcp_') ? 'bytes' : 'requests'
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}
