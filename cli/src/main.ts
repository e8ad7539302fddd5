/** The command line: one table of commands. Every command explains itself; an unknown one names those there are. */
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { remoteSecret } from './remoteSecret.ts'
import { serve } from './serve.ts'
import { simulate } from './simulate.ts'
import { fail } from './terminal.ts'

/** A command takes the words after its name, and resolves when it is done; a server's never is. */
export interface Command {
  readonly summary: string
  readonly usage: string
  readonly run: (words: string[]) => Promise<void>
}

const commands: Readonly<Record<string, Command>> = {
  serve,
  demo,
  doctor,
  'remote-secret': remoteSecret,
  simulate,
}

const [name = 'help', ...words] = process.argv.slice(2)
const command = commands[name]

if (command === undefined) overview(name)
else if (words.includes('--help') || words.includes('-h')) console.log(command.usage)
else await command.run(words).catch(fail)

function overview(asked: string): void {
  const known = ['help', '--help', '-h'].includes(asked)
  const lines = Object.entries(commands).map(([each, { summary }]) => `  ${each.padEnd(14)}${summary}`)
  const text = ['binocle COMMAND [OPTION ...]', '', ...lines, '', 'binocle COMMAND --help explains one command.'].join(
    '\n',
  )
  if (known) console.log(text)
  else fail(new Error(`There is no command \`${asked}\`.\n\n${text}`))
}
