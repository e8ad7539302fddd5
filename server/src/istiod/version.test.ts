import { expect, it } from 'vitest'
import { istioVersion } from './version.ts'

it.each([
  ['1.30.1-d754c8b1.30.1-Clean', 'Istio', '1.30.1'],
  ['1.29.4', 'Istio', '1.29.4'],
  ['redhat@redhat-docker.io/maistra-OSSM_2.4.0-1-Clean', 'OpenShift Service Mesh', '2.4.0'],
  ['openshift-service-mesh-3.0.0-tp.2', 'OpenShift Service Mesh', '3.0.0-tp.2'],
  ['root@abc-docker.io/istio-istio-release-1.9-20210125-Clean', 'Istio Snapshot', '1.9-20210125'],
  ['1.30.0-rc.1-0f3b-Clean', 'Istio RC', '1.30.0 (rc.1)'],
  ['1.30-alpha.0f3b7a1-dirty', 'Istio Dev', '1.30 (dev 0f3b7a1)'],
  ['1.31-dev-0f3b7a1-Clean', 'Istio Dev', '1.31 (dev 0f3b7a1)'],
  ['homegrown', 'Unknown Istio Implementation', 'homegrown'],
])('version %j is %s %s', (text, name, version) => {
  expect(istioVersion(text)).toEqual({ name, version })
})
