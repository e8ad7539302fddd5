/** Labels as key=value marks, in the order of their keys. */
export function Labels({ labels }: { labels: Record<string, string> }) {
  const pairs = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))
  if (pairs.length === 0) return <span className="quiet">no labels</span>
  return (
    <span className="labels">
      {pairs.map(([key, value]) => (
        <span key={key} className="label">
          {value === '' ? key : `${key}=${value}`}
        </span>
      ))}
    </span>
  )
}
