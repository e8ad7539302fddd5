import { describe, expect, it } from 'vitest'
import type { ConfigMap } from '../inventory/objects.ts'
import { goName, rootsOf } from './certificates.ts'

const configMap = (pem: string): ConfigMap => ({
  cluster: 'east',
  namespace: 'istio-system',
  name: 'istio-ca-root-cert',
  uid: '',
  resourceVersion: '',
  createdAt: '',
  labels: {},
  annotations: {},
  hasLabels: false,
  hasAnnotations: false,
  data: { 'root-cert.pem': pem },
})

/** O=Example, CN=Root; 2026-01-02 to 2036-01-01. */
const root = `-----BEGIN CERTIFICATE-----
MIIBizCCATGgAwIBAgIBATAKBggqhkjOPQQDAjAhMRAwDgYDVQQKDAdFeGFtcGxl
MQ0wCwYDVQQDDARSb290MB4XDTI2MDEwMjAwMDAwMFoXDTM2MDEwMTAwMDAwMFow
ITEQMA4GA1UECgwHRXhhbXBsZTENMAsGA1UEAwwEUm9vdDBZMBMGByqGSM49AgEG
CCqGSM49AwEHA0IABHgfS4Nntf+976Akbs4996pxVnSuNPNssSRqSCcGa4kjZ/Mu
drR7tMb/YtgPMLplnYPnWwPf0PQ8DlU8/SxhidCjWjBYMA8GA1UdEwEB/wQFMAMB
Af8wJgYDVR0RBB8wHYIMcm9vdC5leGFtcGxlgg1hbGlhcy5leGFtcGxlMB0GA1Ud
DgQWBBRIT+Nu1l8X/oGUva6c/pENP87fdDAKBggqhkjOPQQDAgNIADBFAiEAybWp
XkzMhvQ15MO6YLO/2chbiD7IJEWnMQodnXWwlqECIB1fcZgwwdd4+roCJXy514/y
vMtpS0B4KBi5qFrJ15oF
-----END CERTIFICATE-----`

describe('the roots of a mesh', () => {
  it('are read with their issuer, dates and fingerprint', () => {
    expect(rootsOf(configMap(root))).toEqual([
      {
        fingerprint: 'BE:12:DC:5C:24:75:D7:4C:7C:EA:6C:3C:D8:01:A1:B0:C3:9A:68:CD:B9:35:89:68:1E:2A:CC:87:4B:64:B4:2A',
        issuer: 'CN=Root,O=Example',
        notBefore: Date.UTC(2026, 0, 2),
        notAfter: Date.UTC(2036, 0, 1),
        dnsNames: ['root.example', 'alias.example'],
        error: '',
      },
    ])
  })

  it('are all told while one is rotated', () => {
    expect(rootsOf(configMap(`${root}\n${root}`)).map(({ issuer }) => issuer)).toEqual([
      'CN=Root,O=Example',
      'CN=Root,O=Example',
    ])
  })

  it.each([
    ['', 'There is no PEM block'],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'It is no certificate'],
  ])('say why %j cannot be read', (pem, why) => {
    expect(rootsOf(configMap(pem)).map(({ error }) => error)).toEqual([expect.stringContaining(why)])
  })
})

it.each([
  ['O=Example\nCN=Root', 'CN=Root,O=Example'],
  ['C=CH\nO=A\nO=B\nOU=Mesh\nCN=Root', 'CN=Root,OU=Mesh,O=A+O=B,C=CH'],
  ['serialNumber=7\nCN=Root', 'SERIALNUMBER=7,CN=Root'],
])('the name %j is printed as Go does', (lines, expected) => {
  expect(goName(lines)).toBe(expected)
})
