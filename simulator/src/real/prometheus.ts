/**
 * A real Prometheus on loopback, for tests that must not believe our own: filled with history through promtool, or
 * scraping a target. `realPrometheus()` says whether one is installed.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { closeServer, listenLocally } from '../local.ts'
import { openMetrics } from '../metrics/exposition.ts'
import type { SeriesSource } from '../metrics/series.ts'

export interface RealPrometheus {
  readonly url: string
  close(): Promise<void>
}

export type Filling =
  /** Samples of a window, Unix ms, of all metrics or some. promtool reads the text into memory: keep it to some 100 MB. */
  | {
      readonly series: SeriesSource
      readonly fromMs: number
      readonly toMs: number
      readonly metrics?: readonly string[]
    }
  /** `127.0.0.1:port` of a `/metrics` target. */
  | { readonly target: string; readonly intervalS: number }

const run = promisify(execFile)

/** Why there is no real Prometheus; undefined when there is one. For `it.skipIf` and its name. */
export async function missingPrometheus(): Promise<string | undefined> {
  for (const program of ['prometheus', 'promtool']) {
    try {
      await run(program, ['--version'])
    } catch {
      return `${program} is not installed`
    }
  }
  return undefined
}

/** It asks whoever comes who they are: over TLS, as Prometheus' own file says. */
export interface Guarded {
  readonly webConfigFile: string
  /** Asks it for `/-/ready`, as somebody who is let in. */
  isReady(url: string): Promise<boolean>
}

const isReadyToAll = async (url: string): Promise<boolean> => {
  const answer = await fetch(`${url}/-/ready`)
  await answer.arrayBuffer()
  return answer.ok
}

/** Rejects with Prometheus' own words when it does not get ready. */
export async function startPrometheus(filling: Filling, guarded?: Guarded): Promise<RealPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'binocle-prometheus-'))
  const data = join(folder, 'data')
  try {
    if ('series' in filling) await fill(filling, folder, data)
    const config = join(folder, 'prometheus.yml')
    await writeFile(config, 'target' in filling ? scrapeConfig(filling.target, filling.intervalS) : 'global: {}\n')
    const port = await freePort()
    const child = spawn(
      'prometheus',
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${data}`,
        '--storage.tsdb.retention.time=10y',
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
        ...(guarded === undefined ? [] : [`--web.config.file=${guarded.webConfigFile}`]),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const url = `${guarded === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
    await ready(child, () => (guarded?.isReady ?? isReadyToAll)(url))
    return { url, close: () => stop(child, folder) }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function fill(filling: Extract<Filling, { series: SeriesSource }>, folder: string, data: string) {
  const { fromMs, toMs, metrics } = filling
  const series = metrics ? { ...filling.series, names: () => metrics } : filling.series
  const text = join(folder, 'series.om')
  await pipeline(Readable.from(openMetrics(series, fromMs, toMs)), createWriteStream(text))
  await run('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', text, data], { maxBuffer: 64 * 1024 * 1024 })
  await rm(text)
}

const scrapeConfig = (target: string, intervalS: number) =>
  JSON.stringify({
    global: { scrape_interval: `${intervalS}s`, scrape_timeout: `${intervalS}s` },
    // The target speaks for many proxies: its own `instance`, `job` and `namespace` labels are theirs.
    scrape_configs: [{ job_name: 'mesh', honor_labels: true, static_configs: [{ targets: [target] }] }],
  })

/** Prometheus does not tell which port it took, so a free one is found first. */
async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listenLocally(server, 0)
  await closeServer(server)
  return port
}

const READY_MS = 30_000

async function ready(child: ChildProcess, isReady: () => Promise<boolean>): Promise<void> {
  let words = ''
  child.stderr?.on('data', (chunk) => {
    words = (words + String(chunk)).slice(-4000)
  })
  const until = Date.now() + READY_MS
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`prometheus ended with code ${child.exitCode}: ${words}`)
    if (await isReady().catch(() => false)) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  child.kill('SIGKILL')
  throw new Error(`prometheus was not ready within ${READY_MS} ms: ${words}`)
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
  await rm(folder, { recursive: true, force: true })
}
