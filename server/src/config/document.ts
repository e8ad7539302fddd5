/** `docs/configuration.md`, written from the table of keys. */
import { type Key, keys } from './keys.ts'
import { variableOf } from './settings.ts'

export function configurationDocument(): string {
  const acted = keys.filter(({ honoured }) => honoured !== 'no')
  const ignored = keys.filter(({ honoured }) => honoured === 'no')
  return `# Configuration

A YAML file with Kiali's keys (\`--config FILE\`), the environment, and flags; the later wins. Unknown keys, and keys of Kiali
that are not acted upon yet, are reported in the log and change nothing. A value outside its range stops the start with code
\`BIN-CONFIG-KEY\`.

Every text, number, duration, list and boolean can also be set by the environment: \`${variableOf('server.port')}\` sets
\`server.port\`. \`KUBECONFIG\` (else \`~/.kube/config\`) names kubeconfig files where neither the file nor a flag does; \`LOG_LEVEL\` sets the level of the log.

## Keys

| Key | Type | Default | Meaning |
|---|---|---|---|
${acted.map(row).join('\n')}

## Known to Kiali, not acted upon yet

| Key | What it is about |
|---|---|
${ignored.map(({ meaning, path }) => `| \`${path}\` | ${meaning} |`).join('\n')}
`
}

function row({ default: byDefault, honoured, meaning, oneOf, path, type }: Key): string {
  const kind = oneOf
    ? oneOf
        .filter(Boolean)
        .map((value) => `\`${value}\``)
        .join(', ')
    : typeNames[type]
  const own = honoured === 'ours' ? ' (not a key of Kiali)' : ''
  return `| \`${path}\` | ${kind} | ${byDefault === '' ? '' : `\`${byDefault}\``} | ${meaning}${own} |`
}

const typeNames = {
  boolean: 'boolean',
  duration: 'duration',
  integer: 'number',
  map: 'map of texts',
  text: 'text',
  texts: 'list of texts',
  tree: 'YAML',
} as const
