/** Protections that the configuration switches off: said at the start, and to whoever looks after the mesh. */
import type { Problem } from '@binocle/api/problem'
import { BinocleError } from '../errors.ts'
import type { Config } from './config.ts'

/** In the words of the configuration's keys; none holds a value. */
export function insecurities(config: Config): readonly Problem[] {
  return rules.flatMap(([key, applies, means, remedy]) =>
    applies(config) ? [{ code: 'BIN-CONFIG-INSECURE', message: `${key}: ${means}.`, remedy }] : [],
  )
}

/** Node would verify no certificate at all, of nobody. Throws BIN-CONFIG-INSECURE. */
export function refuseUnverifiedTls(env: Readonly<Record<string, string | undefined>>): void {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return
  throw new BinocleError(
    'BIN-CONFIG-INSECURE',
    'NODE_TLS_REJECT_UNAUTHORIZED=0 switches all verification of TLS off.',
    {
      remedy: 'Remove it from the environment. Give the CA of whom you want to trust: docs/security.md.',
    },
  )
}

type Rule = readonly [key: string, applies: (config: Config) => boolean, means: string, remedy: string]

const anybody = 'anybody on the way can pose as it and take what we send'

const rules: readonly Rule[] = [
  [
    'external_services.prometheus.auth.insecure_skip_verify',
    ({ prometheus }) => prometheus.enabled && prometheus.insecureSkipVerify,
    `the certificate of Prometheus is not verified: ${anybody}`,
    'Give its CA as external_services.prometheus.ca_file.',
  ],
  [
    'external_services.prometheus.url',
    ({ prometheus: { auth, customHeaders = {}, enabled, url } }) =>
      enabled && isOpen(url) && ((auth !== undefined && auth.type !== 'none') || Object.keys(customHeaders).length > 0),
    'a credential goes to it over plain HTTP: who listens on the way has it',
    'Give its https URL.',
  ],
  [
    'auth.openid.insecure_skip_verify_tls',
    ({ auth }) => auth.strategy === 'openid' && auth.openid.insecureSkipVerifyTls,
    `the certificate of the identity provider is not verified: ${anybody}`,
    'Mount its CA as openid-server-ca.crt.',
  ],
  [
    'auth.openshift.insecure_skip_verify_tls',
    ({ auth }) => auth.strategy === 'openshift' && auth.openshift.insecureSkipVerifyTls,
    `the certificate of the OAuth server is not verified: ${anybody}`,
    'Mount its CA as oauth-server-ca.crt.',
  ],
  [
    'auth.development',
    ({ auth }) => auth.development,
    'weak keys, plain HTTP and unverified peers are accepted',
    'Remove it wherever people log in.',
  ],
  [
    'auth.session.allow_insecure_cookies',
    ({ auth }) => auth.strategy !== 'anonymous' && auth.session.allowInsecureCookies,
    'sessions travel over plain HTTP: who listens on the way has them',
    'Serve HTTPS, or let a proxy do it, and say so with server.web_schema.',
  ],
  [
    'clustering.allow_insecure_tls',
    ({ kubernetes }) => (kubernetes.secretRights?.insecureTls ?? []).length > 0,
    'the certificates of these clusters need not be verified',
    'Put their CAs into their kubeconfigs.',
  ],
  [
    'clustering.allow_loopback',
    ({ kubernetes }) => kubernetes.secretRights?.loopback === 'true',
    'who may write a Secret decides which port of this machine we connect to',
    'Set it to auto.',
  ],
  [
    'clustering.enable_exec_provider',
    ({ kubernetes }) => kubernetes.execProvider.enabled,
    'kubeconfigs may have us run the programs of clustering.exec_provider_allow',
    'Use service account tokens.',
  ],
  [
    'credentials.allow_world_readable',
    ({ outbound }) => outbound?.allowWorldReadable === true,
    'credentials may lie in files that everybody on this machine may read',
    'Mount Secrets with defaultMode 0440 and an fsGroup.',
  ],
]

/** Plain HTTP to another machine. */
function isOpen(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { hostname, protocol } = new URL(url)
  return protocol === 'http:' && !/^(localhost|127\.[0-9.]+|\[::1\])$/.test(hostname)
}
