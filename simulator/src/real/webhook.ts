/** For tests: a validating webhook as istiod's, for a real API server. It denies what is called `denied`. */
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import type { KubeApi } from '@binocle/server/kube/api'
import { certificateAuthority } from '../kube/certificates.ts'
import { at, fieldsAt, parsedJson, textAt } from '../kube/json.ts'

export const denial = 'configuration is invalid: nothing may be called denied'

export interface Webhook {
  close(): Promise<void>
}

/** Resolves when the API server asks it about every VirtualService. */
export async function startWebhook(admin: KubeApi): Promise<Webhook> {
  const authority = await certificateAuthority('webhook')
  const { certificatePem, keyPem } = await authority.certificate('ok')
  const server = createServer({ cert: certificatePem, key: keyPem }, async (request, response) => {
    const asked = fieldsAt(parsedJson(await textOf(request)), 'request')
    const allowed = textAt(asked, 'name') !== 'denied'
    const answer = { uid: at(asked, 'uid'), allowed, ...(allowed ? {} : { status: { message: denial } }) }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await admin.request('POST', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'validator' },
    webhooks: [
      {
        name: 'rev.validation.istio.io',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        timeoutSeconds: 5,
        clientConfig: {
          url: `https://127.0.0.1:${port}/validate`,
          caBundle: Buffer.from(authority.caPem).toString('base64'),
        },
        rules: [
          {
            operations: ['CREATE', 'UPDATE'],
            apiGroups: ['networking.istio.io'],
            apiVersions: ['*'],
            resources: ['virtualservices'],
          },
        ],
      },
    ],
  })
  await isAsked(admin)
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** API servers learn of it by a watch of their own. */
async function isAsked(admin: KubeApi): Promise<void> {
  const object = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'denied' } }
  const path = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices?dryRun=All'
  for (;;) {
    const isDenied = await admin.request('POST', path, object).then(
      () => false,
      () => true,
    )
    if (isDenied) return
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}
