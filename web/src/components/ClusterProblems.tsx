/** What is wrong with a cluster, each with what to do and its code. The same cause is said once. */
import type { Problem } from '@binocle/api/problem'
import { sentence } from './format.ts'
import { Icon } from './Icon.tsx'

export function ClusterProblems({ problems, tone }: { problems: readonly Problem[]; tone: 'failure' | 'degraded' }) {
  const distinct = [...new Map(problems.map((problem) => [`${problem.code} ${problem.message}`, problem])).entries()]
  if (distinct.length === 0) return null
  return (
    <ul className="findings">
      {distinct.map(([key, { code, message, remedy }]) => (
        <li key={key} className={`finding ${tone}`}>
          <Icon name={tone} />
          <span>
            {sentence(message)}
            {remedy === undefined ? null : (
              <span className="line">
                <strong>What to do:</strong> {sentence(remedy)}
              </span>
            )}
            <span className="line code">{code}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}
