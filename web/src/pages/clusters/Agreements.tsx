/** Do the clusters fit together? One line for each thing they must have in common; what is apart says what it breaks. */
import { ClusterName } from '../../components/ClusterChip.tsx'
import { Icon } from '../../components/Icon.tsx'
import type { Agreement } from './meshAgreements.ts'

export function Agreements({ agreements }: { agreements: readonly Agreement[] }) {
  if (agreements.length === 0) return null
  return (
    <dl className="agreements" aria-label="What the clusters have in common">
      {agreements.map((agreement) => (
        <div key={agreement.what} className={`agreement ${agreement.verdict}`}>
          <dt>
            {agreement.verdict === 'free' ? null : (
              <Icon name={agreement.verdict === 'alike' ? 'healthy' : 'failure'} />
            )}
            {agreement.what}
            {agreement.verdict === 'apart' ? ' differs' : null}
          </dt>
          <dd>
            {agreement.values.map(({ value, clusters }) => (
              <span key={value} className="line">
                <span className="agreed">{value}</span>{' '}
                {agreement.verdict === 'alike' ? null : clusters.map((name) => <ClusterName key={name} name={name} />)}
              </span>
            ))}
            {agreement.silent.length > 0 ? (
              <span className="line quiet">not told by {agreement.silent.join(', ')}</span>
            ) : null}
            {agreement.consequence === undefined ? null : <span className="line">{agreement.consequence}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
