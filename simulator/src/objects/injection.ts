/** The webhooks by which an istiod injects proxies: one for each revision, and one for each tag that points to it. */
import type { KubernetesJson, SimCluster, SimIstiod } from '../scenario.ts'
import { nameOfIstiod, namespaceOfIstiod } from '../system.ts'
import { type Birth, made } from './metadata.ts'

export const injectorWebhook = (cluster: SimCluster, istiod: SimIstiod, birth: Birth): KubernetesJson =>
  webhook(
    istiod.revision === 'default' ? 'istio-sidecar-injector' : `istio-sidecar-injector-${istiod.revision}`,
    istiod.revision,
    { 'istio.io/rev': istiod.revision, release: 'istio' },
    {
      service: {
        name: nameOfIstiod(istiod),
        namespace: namespaceOfIstiod(cluster, istiod),
        path: '/inject',
        port: 443,
      },
    },
    birth,
  )

/** A name for a revision, by which namespaces can ask for it. */
export const tagWebhook = (cluster: SimCluster, istiod: SimIstiod, tag: string, birth: Birth): KubernetesJson =>
  webhook(
    `istio-revision-tag-${tag}`,
    tag,
    { 'istio.io/rev': istiod.revision, 'istio.io/tag': tag },
    {
      service: {
        name: nameOfIstiod(istiod),
        namespace: namespaceOfIstiod(cluster, istiod),
        path: '/inject',
        port: 443,
      },
    },
    birth,
  )

/** Injects in a cluster whose istiod runs elsewhere. */
export const remoteWebhook = (
  revision: string,
  clientConfig: Readonly<Record<string, unknown>>,
  name: string,
  birth: Birth,
): KubernetesJson => webhook(name, revision, { 'istio.io/rev': revision, release: 'istio' }, clientConfig, birth)

const webhook = (
  name: string,
  asked: string,
  labels: Readonly<Record<string, string>>,
  clientConfig: Readonly<Record<string, unknown>>,
  birth: Birth,
): KubernetesJson =>
  made(
    birth,
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      name,
      labels: { ...labels, app: 'sidecar-injector' },
    },
    {
      webhooks: [
        {
          name: 'rev.namespace.sidecar-injector.istio.io',
          admissionReviewVersions: ['v1'],
          clientConfig,
          failurePolicy: 'Fail',
          sideEffects: 'None',
          namespaceSelector: { matchExpressions: [{ key: 'istio.io/rev', operator: 'In', values: [asked] }] },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: '*' }],
        },
      ],
    },
  )
