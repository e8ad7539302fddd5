import { expect, it } from 'vitest'
import { diagnosisText } from './diagnosisText.ts'

it('a diagnosis is a line a step, and says below what is not well', () => {
  const text = diagnosisText({
    cluster: 'west',
    state: 'failed',
    at: 0,
    durationMs: 5,
    apiEndpoint: 'https://west.example',
    identity: 'me',
    rights: [],
    steps: [
      { name: 'dns', title: 'DNS', state: 'ok', found: 'west.example is 10.0.0.1.', durationMs: 1 },
      {
        name: 'rights',
        title: 'Rights',
        state: 'failed',
        found: '1 kind is denied.',
        cause: 'Denied: list pods.',
        remedy: 'Grant it.',
        code: 'BIN-CLUSTER-FORBIDDEN',
        findings: [
          { state: 'failed', text: 'list pods: workloads' },
          { state: 'ok', text: 'list nodes' },
        ],
        durationMs: 3,
      },
      { name: 'istiod', title: 'istiod', state: 'skipped', found: 'Not looked at.', cause: 'No way.', durationMs: 0 },
    ],
  })
  expect(text.split('\n').map((line) => line.trim())).toEqual([
    'west  https://west.example as me',
    'ok       DNS                      west.example is 10.0.0.1.',
    'FAILED   Rights                   1 kind is denied.',
    'BIN-CLUSTER-FORBIDDEN: Denied: list pods.',
    '- list pods: workloads',
    'What to do: Grant it.',
    'skipped  istiod                   Not looked at. No way.',
  ])
})
