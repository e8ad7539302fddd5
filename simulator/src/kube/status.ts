/** The errors of a Kubernetes API server, in its own words and shape. Thrown by handlers, answered as a `Status`. */
import type { Fields } from './json.ts'
import { type ResourceType, resourceName } from './resources.ts'

/** A `Status` on its way to the client. */
export class StatusError extends Error {
  readonly code: number
  readonly reason: string
  readonly details: Fields | undefined
  readonly retryAfterS: number | undefined
  /** Further fields of the Status' metadata, e.g. a new continue token. */
  readonly metadata: Fields

  constructor(
    code: number,
    reason: string,
    message: string,
    more: { details?: Fields; retryAfterS?: number; metadata?: Fields } = {},
  ) {
    super(message)
    this.name = 'StatusError'
    this.code = code
    this.reason = reason
    this.details = more.details
    this.retryAfterS = more.retryAfterS
    this.metadata = more.metadata ?? {}
  }
}

/** The object that the client reads. */
export function statusOf(error: StatusError): Fields {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: error.metadata,
    status: 'Failure',
    message: error.message,
    ...(error.reason === '' ? {} : { reason: error.reason }),
    ...(error.details === undefined ? {} : { details: error.details }),
    code: error.code,
  }
}

/** What `details` say about the object concerned. */
export const detailsOf = (type: ResourceType, name?: string): Fields => ({
  ...(name === undefined || name === '' ? {} : { name }),
  ...(type.group === '' ? {} : { group: type.group }),
  kind: type.plural,
})

export const notFound = (type: ResourceType, name: string): StatusError =>
  new StatusError(404, 'NotFound', `${resourceName(type)} "${name}" not found`, { details: detailsOf(type, name) })

export const noSuchResource = (): StatusError =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', { details: {} })

export const alreadyExists = (type: ResourceType, name: string): StatusError =>
  new StatusError(409, 'AlreadyExists', `${resourceName(type)} "${name}" already exists`, {
    details: detailsOf(type, name),
  })

export const conflict = (type: ResourceType, name: string): StatusError =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${resourceName(type)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    { details: detailsOf(type, name) },
  )

export const badRequest = (message: string): StatusError => new StatusError(400, 'BadRequest', message)

export const unauthorized = (): StatusError => new StatusError(401, 'Unauthorized', 'Unauthorized')

export const forbidden = (message: string, details: Fields = {}): StatusError =>
  new StatusError(403, 'Forbidden', message, { details })

/** One value that breaks a rule. `why` is the rule's own text, e.g. `Required value`. */
export interface Violation {
  readonly field: string
  readonly reason: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueForbidden' | 'FieldValueNotSupported'
  readonly why: string
}

export const invalid = (type: ResourceType, name: string, violations: readonly Violation[]): StatusError => {
  const listed = violations.map(({ field, why }) => `${field}: ${why}`)
  const text = listed.length === 1 ? listed[0] : `[${listed.join(', ')}]`
  const subject = type.group === '' ? type.kind : `${type.kind}.${type.group}`
  return new StatusError(422, 'Invalid', `${subject} "${name}" is invalid: ${text}`, {
    details: {
      ...(name === '' ? {} : { name }),
      ...(type.group === '' ? {} : { group: type.group }),
      kind: type.kind,
      causes: violations.map(({ field, reason, why }) => ({ reason, message: why, field })),
    },
  })
}

/** A parameter that is not allowed; `options` names the set of them, e.g. `ListOptions`. */
export const invalidOptions = (violations: readonly Violation[], options = 'ListOptions'): StatusError =>
  new StatusError(
    422,
    'Invalid',
    `${options}.meta.k8s.io "" is invalid: ${violations.map(({ field, why }) => `${field}: ${why}`).join(', ')}`,
    {
      details: {
        group: 'meta.k8s.io',
        kind: options,
        causes: violations.map(({ field, reason, why }) => ({ reason, message: why, field })),
      },
    },
  )

/** A precondition of a delete that does not hold. */
export const preconditionFailed = (
  type: ResourceType,
  name: string,
  what: string,
  asked: string,
  is: string,
): StatusError =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${type.kind} "${name}": the ${what} in the precondition (${asked}) does not match the ${what} in record (${is}). The object might have been deleted and then recreated`,
    { details: { name, kind: type.kind } },
  )

export const methodNotAllowed = (): StatusError =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {
    details: {},
  })

export const notAcceptable = (): StatusError =>
  new StatusError(
    406,
    'NotAcceptable',
    '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    { details: {} },
  )

/** A JSON patch that does not fit; a real server does not say where. */
export const unprocessable = (): StatusError =>
  new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', { details: {} })

export const expired = (message: string, metadata: Fields = {}): StatusError =>
  new StatusError(410, 'Expired', message, { metadata })

/** The version that a list or watch asks for is ahead of ours. */
export const tooLargeVersion = (asked: number, current: number): StatusError =>
  new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
    retryAfterS: 1,
  })
