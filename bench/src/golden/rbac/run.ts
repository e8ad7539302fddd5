/** One replay of what people of different rights were told: the recorded mesh, a console for each strategy, the verdicts. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type HostileIssuer, startHostileIssuer } from '@binocle/server/auth/openid/hostileIssuer'
import { loadConfig } from '@binocle/server/config/load'
import { type RunningServer, startServer } from '@binocle/server/main'
import { freePorts } from '@binocle/simulator/real/kube'
import { type Bed, startBed } from '../bed.ts'
import { type RunOptions, ready } from '../run.ts'
import { type Verdict, verdictOf } from '../verdict.ts'
import { createAsking, type Time, tokenOf } from './asking.ts'
import { createJudge } from './judge.ts'
import { readLeniency } from './leniency.ts'
import { listedAs } from './listed.ts'
import { type RbacRequest, type RecordedStrategy, readRbac, readRbacAnswer } from './recorded.ts'
import { sightIn } from './sight.ts'
import { configurationOf } from './strategies.ts'

export type RbacOptions = Omit<RunOptions, 'wants'> & {
  /** Which requests are judged; all are asked. */
  readonly wants?: (request: RbacRequest) => boolean
}

export interface RbacOutcome {
  readonly verdicts: readonly Verdict[]
  /** How many names were told to somebody who may not see what they name. */
  readonly foreign: number
}

export async function runRbac(options: RbacOptions): Promise<RbacOutcome> {
  const { folder } = options
  const recording = await readRbac(folder)
  const { people, queryTime, requests } = recording
  const { recorded, leniencyFor } = await readLeniency(folder)
  const issuer = await startHostileIssuer('kiali')
  const credentials = await mkdtemp(join(tmpdir(), 'binocle-golden-'))
  await writeFile(join(credentials, 'openid-server-ca.crt'), issuer.caPem)
  const identities = people.map((user) => ({ token: tokenOf(user), user, groups: [] }))
  const nowMs = queryTime * 1000
  const bed = await startBed(folder, nowMs, options.prometheus ?? 'simulated', { identities, oidc: issuer })
  const mesh = { namespaces: bed.namespaces, homeCluster: recorded.homeCluster }
  const sightOf = sightIn(bed.recording, recorded.homeCluster)
  const judge = createJudge(folder, requests, leniencyFor, sightOf)
  const verdicts: Verdict[] = []
  let foreign = 0
  try {
    for (const strategy of new Set(requests.map((request) => request.strategy))) {
      const time = timeFrom(nowMs)
      const surroundings = { bed, recorded, issuer, folder: credentials, clock: time.now }
      const server = await startConsole(strategy, surroundings, options)
      const asking = createAsking(server.url.slice(0, -1), issuer, time)
      try {
        await ready(server, bed.clusters)
        for (const request of requests.filter((each) => each.strategy === strategy)) {
          const answer = await readRbacAnswer(folder, request)
          const ours = await asking.ask(request, answer)
          if (options.wants?.(request) === false) continue
          const { differences, told } = await judge(request, answer, ours)
          foreign += told.length
          const asked = { request, mesh, differences, sight: sightOf(strategy, request.user) }
          verdicts.push(verdictOf(request, differences, (difference) => listedAs(difference, asked)))
        }
      } finally {
        await asking.close()
        await server.close()
      }
    }
  } finally {
    await Promise.all([bed.close(), issuer.close(), rm(credentials, { recursive: true })])
  }
  return { verdicts, foreign }
}

function timeFrom(startMs: number): Time {
  let nowMs = startMs
  return {
    now: () => nowMs,
    pass: (ms) => {
      nowMs += ms
    },
  }
}

interface Surroundings {
  readonly bed: Bed
  readonly recorded: { readonly webRoot: string; readonly homeCluster: string }
  readonly issuer: HostileIssuer
  /** Where files of credentials lie. */
  readonly folder: string
  /** Unix ms. */
  readonly clock: () => number
}

async function startConsole(
  strategy: RecordedStrategy,
  { bed, recorded, issuer, folder, clock }: Surroundings,
  { onLog, webDir }: RbacOptions,
): Promise<RunningServer> {
  const [port = 0] = await freePorts(1)
  const { config } = loadConfig({
    file: { name: 'replay.yaml', text: JSON.stringify(configurationOf(strategy, { folder, issuer, port })) },
    flags: {
      port,
      webRoot: recorded.webRoot,
      homeCluster: recorded.homeCluster,
      kubeconfigs: [bed.kubeconfigFile],
      contexts: ['*'],
      prometheusUrl: bed.prometheusUrl,
    },
  })
  return await startServer(config, {
    clock,
    ...(webDir === undefined ? {} : { webDir }),
    ...(onLog === undefined ? {} : { log: onLog }),
  })
}
