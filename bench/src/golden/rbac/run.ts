/** One replay of what people of different rights were told: the recorded mesh, a console for each strategy, the verdicts. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type HostileIssuer, startHostileIssuer } from '@binocle/server/auth/openid/hostileIssuer'
import { loadConfig } from '@binocle/server/config/load'
import { type RunningServer, startServer } from '@binocle/server/main'
import { freePorts } from '@binocle/simulator/real/kube'
import { type Bed, startBed } from '../bed.ts'
import { compareAnswers } from '../compare.ts'
import { type RunOptions, ready } from '../run.ts'
import { type Verdict, verdictOf } from '../verdict.ts'
import { createAsking, tokenOf } from './asking.ts'
import { foreignIn, foreignNames } from './foreign.ts'
import { readLeniency } from './leniency.ts'
import { listedAs } from './listed.ts'
import { type RbacRequest, type RecordedStrategy, readRbac, readRbacAnswer } from './recorded.ts'
import { compareCookies, inOneShape } from './shapes.ts'
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
  const { people, queryTime, requests } = await readRbac(folder)
  const { recorded, leniencyFor } = await readLeniency(folder)
  const nowMs = queryTime * 1000
  const issuer = await startHostileIssuer('kiali')
  const credentials = await mkdtemp(join(tmpdir(), 'binocle-golden-'))
  await writeFile(join(credentials, 'openid-server-ca.crt'), issuer.caPem)
  const identities = people.map((user) => ({ token: tokenOf(user), user, groups: [] }))
  const bed = await startBed(folder, nowMs, options.prometheus ?? 'simulated', { identities, oidc: issuer })
  const mesh = { namespaces: bed.namespaces, homeCluster: recorded.homeCluster }
  const foreignOf = foreignNames(bed.recording, recorded.homeCluster)
  const verdicts: Verdict[] = []
  let foreign = 0
  try {
    for (const strategy of new Set(requests.map((request) => request.strategy))) {
      const server = await startConsole(strategy, bed, recorded, issuer, credentials, nowMs, options)
      const asking = createAsking(server.url.slice(0, -1), issuer, queryTime)
      try {
        await ready(server, bed.clusters)
        for (const request of requests.filter((each) => each.strategy === strategy)) {
          const answer = await readRbacAnswer(folder, request)
          const ours = await asking.ask(request, answer)
          if (options.wants?.(request) === false) continue
          const told = foreignIn(`${ours.text} ${ours.location ?? ''}`, request.path, foreignOf(strategy, request.user))
          foreign += told.length
          const differences = [
            ...compareAnswers(...inOneShape(answer, ours), leniencyFor(request, answer)),
            ...compareCookies(answer.setCookie, ours.setCookie),
            ...told.map((name) => ({ path: '(foreign)', place: '(foreign)', recorded: undefined, ours: name })),
          ]
          if (process.env.GDUMP) (await import('node:fs')).appendFileSync(process.env.GDUMP, JSON.stringify({ n: request.n, strategy, user: request.user, method: request.method, path: request.path, recorded: answer.status, status: ours.status, text: ours.text, setCookie: ours.setCookie, location: ours.location, differences: differences.map((d) => ({ ...d, reason: listedAs(request, d, mesh) })) }) + '\n')
          verdicts.push(verdictOf(request, differences, (difference) => listedAs(request, difference, mesh)))
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

async function startConsole(
  strategy: RecordedStrategy,
  bed: Bed,
  recorded: { readonly webRoot: string; readonly homeCluster: string },
  issuer: HostileIssuer,
  folder: string,
  nowMs: number,
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
    clock: () => nowMs,
    ...(webDir === undefined ? {} : { webDir }),
    ...(onLog === undefined ? {} : { log: onLog }),
  })
}
