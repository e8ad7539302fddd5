/** What the line of istiod's `/version` means (reference: multicluster.md 10.3), and which version a control plane has. */
import type { ControlPlane } from '../mesh/controlPlanes.ts'
import type { IstiodFactsSource } from './facts.ts'

export interface IstioVersion {
  /** The product, e.g. `Istio` or `OpenShift Service Mesh`. */
  readonly name: string
  readonly version: string
}

/** The first form that fits decides. */
export function istioVersion(said: string): IstioVersion {
  const text = said.slice(0, maxLength)
  for (const { form, name, version } of forms) {
    const match = form.exec(text)
    if (match !== null) return { name, version: version(match[1] ?? '', match[2] ?? '') }
  }
  return { name: 'Unknown Istio Implementation', version: text.trim() }
}

/** A line of an istiod that is one. */
const maxLength = 500

interface Form {
  readonly form: RegExp
  readonly name: string
  readonly version: (first: string, second: string) => string
}

const forms: readonly Form[] = [
  {
    form: /(?:OSSM_|openshift-service-mesh-)(\d+\.\d+\.\d+)(-tp\.\d+)?/,
    name: 'OpenShift Service Mesh',
    version: (number, preview) => number + preview,
  },
  {
    form: /istio-release-(\d+\.\d+)-(\d{8})/,
    name: 'Istio Snapshot',
    version: (number, day) => `${number}-${day}`,
  },
  {
    form: /(\d+\.\d+\.\d+)-((?:alpha|beta|rc|RC)\.\d+)/,
    name: 'Istio RC',
    version: (number, candidate) => `${number} (${candidate})`,
  },
  {
    form: /(\d+\.\d+)-(?:alpha\.|dev-)([0-9a-f]+)-/,
    name: 'Istio Dev',
    version: (number, hash) => `${number} (dev ${hash})`,
  },
  { form: /(\d+\.\d+\.\d+)/, name: 'Istio', version: (number) => number },
]

/** The version in the tag of an image, without its variant: `1.30.1` of `pilot:1.30.1-distroless`; '' without one. */
export const imageVersion = (image: string): string => image.match(/:v?(\d+\.\d[^-@/]*)(?:[-@][^/]*)?$/)?.[1] ?? ''

/** What its first pod that answers says; what its image says while none does. */
export function planeVersion(facts: IstiodFactsSource | undefined, plane: ControlPlane): IstioVersion | undefined {
  for (const pod of facts?.ofRevision(plane, plane.revision) ?? [])
    if (pod.facts.version.state !== 'unknown') return istioVersion(pod.facts.version.value)
  const image = imageVersion(plane.deployment.template.containers[0]?.image ?? '')
  return image === '' ? undefined : istioVersion(image)
}
