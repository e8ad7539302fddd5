/** What everything that reaches for services of the configuration shares: credentials, authorities, and their rotation. */
import type { ServiceConfig } from '../config/externalService.ts'
import type { OutboundConfig } from '../config/outbound.ts'
import type { Surroundings } from '../kube/surroundings.ts'
import { type CaPools, createCaPools } from './caPools.ts'
import { type CredentialFiles, type Rotation, watchCredentialFiles } from './credentialFiles.ts'
import { type Credentials, createCredentials } from './credentials.ts'
import { createServiceClient, type ServiceClient } from './serviceClient.ts'

/** Of our pod, whatever the configuration allows beside it. */
const ownAccount = '/var/run/secrets/kubernetes.io/serviceaccount'

export interface Outbound {
  readonly credentials: Credentials
  /** For what is read by its path: a certificate and its key. */
  readonly files: CredentialFiles
  readonly cas: CaPools
  /** Throws BIN-CONFIG-CREDENTIAL. */
  service(config: ServiceConfig, connections?: number): ServiceClient
  close(): void
}

/** `onRotation`: for the audit. */
export function openOutbound(
  config: OutboundConfig | undefined,
  { clock, log, timers }: Pick<Surroundings, 'clock' | 'log' | 'timers'>,
  onRotation: (rotation: Rotation) => void = () => {},
): Outbound {
  const rules = {
    directories: [...(config?.credentialDirectories ?? []), ownAccount],
    allowWorldReadable: config?.allowWorldReadable ?? false,
  }
  const files = watchCredentialFiles(rules, timers, (rotation) => {
    const { why, ...fields } = rotation
    log(rotation.outcome === 'failed' ? 'error' : 'info', 'a credential file changed', {
      ...fields,
      ...(why && { why }),
    })
    onRotation(rotation)
  })
  const credentials = createCredentials(files)
  const cas = createCaPools(config?.caFolder ?? '', files, clock, log)
  return {
    credentials,
    files,
    cas,
    service: (service, connections) =>
      createServiceClient(service, { credentials, cas, clock, ...(connections === undefined ? {} : { connections }) }),
    close: files.stop,
  }
}
