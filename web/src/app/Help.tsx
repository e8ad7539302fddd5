/** Shortcuts and what this is. A native dialog: Escape closes it, focus stays inside and returns. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { Icon } from '../components/Icon.tsx'
import { get, isRecord } from '../data/http.ts'
import { destinations } from './shortcuts.ts'

export function Help({ close }: { close(): void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const { data: version } = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => get('api/status', {}, isStatus, signal),
    retry: false,
  })
  return (
    <dialog className="dialog" ref={dialog} onClose={close} aria-labelledby="help-title">
      <div className="dialog-head">
        <h2 id="help-title">Binocle</h2>
        <button type="button" className="button small" onClick={() => dialog.current?.close()}>
          <Icon name="close" /> Close
        </button>
      </div>
      <p>
        The console of an Istio service mesh that spans several clusters.{' '}
        {version ? `Version ${version.status['Kiali version'] ?? 'unknown'}.` : null}
      </p>
      <h3>Shortcuts</h3>
      <dl className="pairs">
        <dt>
          <kbd>/</kbd>
        </dt>
        <dd>to the filter of the page</dd>
        <dt>
          <kbd>?</kbd>
        </dt>
        <dd>this help</dd>
        {destinations.map(({ key, label }) => (
          <div key={key} className="pair">
            <dt>
              <kbd>g</kbd> <kbd>{key}</kbd>
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
      <h3>What the marks mean</h3>
      <p>
        A row is one logical object: the same namespace and name in several clusters. Each chip is its part in one
        cluster. <span className="differs">≠ differs</span> says that the parts are not alike.
      </p>
    </dialog>
  )
}

const isStatus = (answer: unknown): answer is { status: Record<string, string> } =>
  isRecord(answer) && isRecord(answer.status)
