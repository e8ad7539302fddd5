/** What our answers have beyond Kiali's, by request: documented in `docs/kiali-compatibility.md`, ignored by its clients. */

/** Paths of the keys that only ours may have. */
export function additionsOf(path: string, status: number): readonly string[] {
  if (status >= 400) return ['.code', '.remedy']
  if (detail.test(path) && !/[?&]clusterName=/.test(path))
    return ['.clusters', '.differences', '.unreachable', '.traffic', '.apart']
  return []
}

const detail = /^\/api\/namespaces\/[^/]+\/(services|workloads|apps)\/[^/?]+(\?|$)/
