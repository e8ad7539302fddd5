/** The diagnosis of a cluster: one step after the other, each with what was found, why it is not well and what to do. */
import type { Diagnosis, DiagnosisState, DiagnosisStep } from '@binocle/api/diagnosis'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { sentence } from '../../components/format.ts'
import { Icon, type IconName } from '../../components/Icon.tsx'
import { RelativeTime } from '../../components/RelativeTime.tsx'
import { Answer, problemOf } from '../../components/States.tsx'
import { diagnosisQuery, freshDiagnosis } from '../../data/queries.ts'
import { RightsTable } from './RightsTable.tsx'

export function DiagnosisPanel({ cluster, sinceMs }: { cluster: string; sinceMs: number }) {
  const query = useQuery(diagnosisQuery(cluster, sinceMs))
  const client = useQueryClient()
  const again = useMutation({
    mutationFn: () => freshDiagnosis(cluster),
    onSuccess: (diagnosis) => client.setQueryData(diagnosisQuery(cluster, sinceMs).queryKey, diagnosis),
  })
  return (
    <section className="panel" aria-label={`Diagnosis of ${cluster}`}>
      <div className="panel-head">
        <h2>Diagnosis</h2>
        <button type="button" className="button small" disabled={again.isPending} onClick={() => again.mutate()}>
          <Icon name="refresh" /> {again.isPending ? 'Examining' : 'Diagnose again'}
        </button>
      </div>
      {again.error ? <p role="alert">{problemOf(again.error).message}</p> : null}
      <Answer query={query}>{(diagnosis) => <Steps diagnosis={diagnosis} />}</Answer>
    </section>
  )
}

function Steps({ diagnosis }: { diagnosis: Diagnosis }) {
  const { steps, rights, identity, apiEndpoint, at, durationMs } = diagnosis
  const wrong = steps.filter(({ state }) => state === 'failed' || state === 'warning').length
  return (
    <>
      <p className="hint">
        {wrong === 0 ? 'All is well' : `${wrong} of ${steps.length} steps found something`},{' '}
        <RelativeTime timeMs={at} />, in {durationText(durationMs)}
        {apiEndpoint === '' ? '' : `, asking ${apiEndpoint}`}
        {identity === undefined ? '' : ` as ${identity}`}.
      </p>
      <ol className="steps">
        {steps.map((step) => (
          <Step key={step.name} step={step} />
        ))}
      </ol>
      <RightsTable rights={rights} />
    </>
  )
}

function Step({ step }: { step: DiagnosisStep }) {
  const { word, icon, tone } = stepWords[step.state]
  return (
    <li className={`step ${tone}`}>
      <span className={`health ${tone}`}>
        <Icon name={icon} />
        <span className={step.state === 'ok' ? 'visually-hidden' : undefined}>{word}</span>
      </span>
      <span className="step-body">
        <strong>{step.title}</strong> <span>{sentence(step.found)}</span>
        {step.cause === undefined ? null : <span className="line">{sentence(step.cause)}</span>}
        {step.remedy === undefined ? null : (
          <span className="line">
            <strong>What to do:</strong> {sentence(step.remedy)}
          </span>
        )}
        {step.code === undefined ? null : <span className="line code">{step.code}</span>}
        {step.findings === undefined || step.findings.length === 0 ? null : (
          <ul className="step-findings">
            {step.findings.map((finding) => (
              <li key={finding.text} className={`health wrap ${stepWords[finding.state].tone}`}>
                <Icon name={stepWords[finding.state].icon} />
                <span className="visually-hidden">{stepWords[finding.state].word}: </span>
                <span className="step-finding">{finding.text}</span>
              </li>
            ))}
          </ul>
        )}
      </span>
      <span className="quiet number">{step.state === 'skipped' ? '' : durationText(step.durationMs)}</span>
    </li>
  )
}

const stepWords: Record<DiagnosisState, { word: string; icon: IconName; tone: string }> = {
  ok: { word: 'well', icon: 'healthy', tone: 'healthy' },
  warning: { word: 'warning', icon: 'degraded', tone: 'degraded' },
  failed: { word: 'failed', icon: 'failure', tone: 'failure' },
  skipped: { word: 'skipped', icon: 'na', tone: 'na' },
  unknown: { word: 'unknown', icon: 'help', tone: 'na' },
}

const durationText = (durationMs: number): string =>
  durationMs < 1 ? '< 1 ms' : durationMs < 1000 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1000).toFixed(1)} s`
