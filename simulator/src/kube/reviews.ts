/** Questions about access: who is this token, what may he, what may I. Answered, never stored. */
import { type Answer, type Api, type Exchange, json } from './api.ts'
import { readObject } from './body.ts'
import { authenticated, type Viewer } from './identities.ts'
import { at, type Fields, fieldsAt, isFields, textAt, textsAt } from './json.ts'
import type { Attributes, Rule } from './rbac.ts'
import { groupVersion } from './resources.ts'
import { badRequest, StatusError } from './status.ts'

/** Undefined when the resource is no review. */
export async function review(api: Api, exchange: Exchange): Promise<Answer | undefined> {
  const status = reviews[exchange.type.kind]
  if (!status || !reviewGroups.has(exchange.type.group)) return undefined
  const body = await readObject(exchange.request)
  if (exchange.type.kind === 'TokenReview') await api.admit?.(textAt(body, 'spec', 'token'))
  const answer = {
    kind: exchange.type.kind,
    apiVersion: groupVersion(exchange.type.group, exchange.info.version),
    metadata: fieldsAt(body, 'metadata'),
    ...(body.spec === undefined ? {} : { spec: body.spec }),
    status: status(api, exchange.viewer, fieldsAt(body, 'spec'), exchange.info.namespace),
  }
  return json(201, answer)
}

const reviewGroups = new Set(['authentication.k8s.io', 'authorization.k8s.io'])

type Review = (api: Api, viewer: Viewer, spec: Fields, namespace: string) => Fields

const reviews: Readonly<Record<string, Review>> = {
  SelfSubjectAccessReview: (api, viewer, spec) => access(api, viewer, attributesOf(spec)),
  SubjectAccessReview: (api, _viewer, spec) => access(api, subjectOf(spec), attributesOf(spec)),
  LocalSubjectAccessReview: (api, _viewer, spec) => access(api, subjectOf(spec), attributesOf(spec)),
  SelfSubjectRulesReview: (api, viewer, spec) => rules(api, api.authorizer.rules(viewer, textAt(spec, 'namespace'))),
  SelfSubjectReview: (_api, viewer) => ({ userInfo: userInfo(viewer) }),
  TokenReview: (api, _viewer, spec) => token(api, textAt(spec, 'token')),
}

function access(api: Api, viewer: Viewer, wanted: Attributes): Fields {
  const name = 'path' in wanted ? '' : wanted.group === '' ? wanted.resource : `${wanted.resource}.${wanted.group}`
  const closed = api.faults.state.forbidden.some((one) => one === name || (one === '*' && name !== ''))
  if (!closed && api.authorizer.allows(viewer, wanted)) return { allowed: true }
  return { allowed: false }
}

function attributesOf(spec: Fields): Attributes {
  const path = at(spec, 'nonResourceAttributes')
  if (isFields(path)) return { verb: textAt(path, 'verb'), path: textAt(path, 'path') }
  const resource = at(spec, 'resourceAttributes')
  if (!isFields(resource)) {
    const why = 'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified'
    throw new StatusError(422, 'Invalid', `.authorization.k8s.io "" is invalid: spec.resourceAttributes: ${why}`, {
      details: {
        group: 'authorization.k8s.io',
        causes: [{ reason: 'FieldValueInvalid', message: why, field: 'spec.resourceAttributes' }],
      },
    })
  }
  return {
    verb: textAt(resource, 'verb'),
    group: textAt(resource, 'group'),
    resource: textAt(resource, 'resource'),
    subresource: textAt(resource, 'subresource'),
    namespace: textAt(resource, 'namespace'),
    name: textAt(resource, 'name'),
  }
}

function subjectOf(spec: Fields): Viewer {
  const user = textAt(spec, 'user')
  const groups = textsAt(spec, 'groups')
  if (user === '' && groups.length === 0) throw badRequest('spec: at least one of user or group must be specified')
  return { user, groups }
}

/** What is forbidden by a fault stands in no rule, as what a webhook refuses: the list is not the whole truth then. */
function rules(api: Api, held: readonly Rule[]): Fields {
  const names = (list: readonly string[]) => (list.length === 0 ? {} : { resourceNames: list })
  return {
    resourceRules: held
      .filter((rule) => rule.resources.length > 0)
      .map(({ verbs, apiGroups, resources, resourceNames }) => ({
        verbs,
        apiGroups,
        resources,
        ...names(resourceNames),
      })),
    nonResourceRules: held
      .filter((rule) => rule.nonResourceURLs.length > 0)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: api.faults.state.forbidden.length > 0,
  }
}

const userInfo = ({ user, uid, groups }: Viewer): Fields => ({
  username: user,
  ...(uid === undefined ? {} : { uid }),
  groups,
})

function token(api: Api, text: string): Fields {
  const viewer = api.faults.state.tokenExpired ? undefined : api.identities.viewerOf(text)
  if (!viewer) return { user: {}, error: 'invalid bearer token' }
  return {
    authenticated: true,
    user: userInfo(authenticated(viewer)),
    audiences: ['https://kubernetes.default.svc'],
  }
}
