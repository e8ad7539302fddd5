/** Runs a program with its output shown; resolves with its exit code. Ends with us when we are interrupted. */
import { spawn } from 'node:child_process'

export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options })
    const forward = (signal) => child.kill(signal)
    process.on('SIGINT', forward)
    process.on('SIGTERM', forward)
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      process.off('SIGINT', forward)
      process.off('SIGTERM', forward)
      resolve(code ?? (signal === null ? 1 : 130))
    })
  })
}

/** As `run`, but ends this process when the program fails. */
export async function must(command, args, options) {
  const code = await run(command, args, options)
  if (code !== 0) process.exit(code)
}

/** Says every few seconds that work goes on, so that nobody takes silence for a hang. */
export async function withHeartbeat(what, work) {
  const start = Date.now()
  const beat = setInterval(() => {
    console.log(`  ... ${what}, ${Math.round((Date.now() - start) / 1000)} s`)
  }, 5000)
  try {
    return await work()
  } finally {
    clearInterval(beat)
  }
}
