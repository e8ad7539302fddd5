/** A diagnosis for a terminal: one line a step, and below it why it is not well and what to do. */
import type { Diagnosis, DiagnosisStep } from '@binocle/api/diagnosis'

export function diagnosisText({ cluster, apiEndpoint, identity, steps }: Diagnosis): string {
  const who = identity === undefined ? '' : ` as ${identity}`
  return [`${cluster}  ${apiEndpoint}${who}`, ...steps.flatMap(stepLines)].join('\n')
}

const words = { failed: 'FAILED', warning: 'warning', unknown: 'unknown', ok: 'ok', skipped: 'skipped' } as const

function stepLines({ state, title, found, cause, remedy, code, findings }: DiagnosisStep): string[] {
  const head = `  ${words[state].padEnd(8)} ${title.padEnd(25)}${found}`
  if (state === 'ok') return [head]
  if (state === 'skipped') return [`${head} ${cause ?? ''}`.trimEnd()]
  const below = ' '.repeat(36)
  return [
    head,
    ...(cause === undefined ? [] : [`${below}${code === undefined ? '' : `${code}: `}${cause}`]),
    ...(findings ?? []).filter((each) => each.state !== 'ok').map(({ text }) => `${below}- ${text}`),
    ...(remedy === undefined ? [] : [`${below}What to do: ${remedy}`]),
  ]
}
