/** The command line: one table of commands. Every command explains itself; an unknown one names those there are. */
import { refuseUnverifiedTls } from '@binocle/server/config/insecure'
import type { Command } from './command.ts'
import { keepHeapSmall } from './heap.ts'
import { fail } from './terminal.ts'

/** Loaded when asked for: a server need not carry the simulator, nor a tool the server. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => {
    keepHeapSmall()
    return (await import('./serve.ts')).serve
  },
  demo: async () => (await import('./demo.ts')).demo,
  doctor: async () => (await import('./doctor.ts')).doctor,
  'remote-secret': async () => (await import('./remoteSecret.ts')).remoteSecret,
  simulate: async () => (await import('./simulate.ts')).simulate,
}

const [name = 'help', ...words] = process.argv.slice(2)
const load = commands[name]

if (load === undefined) await overview(name)
else {
  const command = await load()
  if (words.includes('--help') || words.includes('-h')) console.log(command.usage)
  else await run(command).catch(fail)
}

/** Every command that knows a cluster trusts certificates, and must not be told to trust all. */
async function run(command: Command): Promise<void> {
  refuseUnverifiedTls(process.env)
  await command.run(words)
}

async function overview(asked: string): Promise<void> {
  const known = ['help', '--help', '-h'].includes(asked)
  const lines = await Promise.all(
    Object.entries(commands).map(async ([each, loaded]) => `  ${each.padEnd(14)}${(await loaded()).summary}`),
  )
  const text = ['binocle COMMAND [OPTION ...]', '', ...lines, '', 'binocle COMMAND --help explains one command.'].join(
    '\n',
  )
  if (known) console.log(text)
  else fail(new Error(`There is no command \`${asked}\`.\n\n${text}`))
}
