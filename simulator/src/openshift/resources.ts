/** The resources that OpenShift's login adds to a cluster (API groups user.openshift.io and oauth.openshift.io). */
import type { ResourceType } from '../kube/resources.ts'
import { groupOf } from './names.ts'

const readWrite = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

export const openShiftResources: readonly ResourceType[] = [
  resource('user', 'User', 'users', readWrite),
  resource('user', 'Group', 'groups', readWrite),
  resource('oauth', 'OAuthClient', 'oauthclients', readWrite),
  resource('oauth', 'OAuthAccessToken', 'oauthaccesstokens', readWrite),
  // A view of the access tokens: everybody sees and deletes his own.
  resource('oauth', 'UserOAuthAccessToken', 'useroauthaccesstokens', ['delete', 'get', 'list']),
]

function resource(area: 'oauth' | 'user', kind: string, plural: string, verbs: readonly string[]): ResourceType {
  return {
    group: groupOf(area),
    versions: ['v1'],
    plural,
    singular: kind.toLowerCase(),
    kind,
    namespaced: false,
    shortNames: [],
    categories: [],
    verbs,
    subresources: [],
    // Served by an API server of their own, not by a CRD.
    custom: false,
  }
}
