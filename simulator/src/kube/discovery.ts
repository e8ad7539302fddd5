/** The documents in which an API server says what it serves: from the resource table, or recorded ones verbatim. */
import { type Fields, isFields } from './json.ts'
import { type Discovery, groupVersion, type ResourceType, type Subresource } from './resources.ts'

export interface DiscoveryDocuments {
  readonly version: Fields
  /** The document at `/api`, `/apis`, `/apis/G` or `/apis/G/V`; undefined when there is none. */
  at(path: string): Fields | undefined
}

/** `gitVersion` is for instance `v1.34.4`. */
export function discoveryDocuments(
  resources: readonly ResourceType[],
  gitVersion: string,
  recorded: Discovery | undefined,
): DiscoveryDocuments {
  const documents = new Map<string, Fields>([['/api', coreVersions]])
  const groups = isFields(recorded?.apiGroups) ? recorded.apiGroups : groupList(resources)
  documents.set('/apis', groups)
  for (const group of Array.isArray(groups.groups) ? groups.groups : []) {
    if (isFields(group)) documents.set(`/apis/${group.name}`, { kind: 'APIGroup', apiVersion: 'v1', ...group })
  }
  const lists = recorded?.apiResources ?? resourceLists(resources)
  for (const [gv, list] of Object.entries(lists)) {
    if (isFields(list)) documents.set(gv.includes('/') ? `/apis/${gv}` : `/api/${gv}`, list)
  }
  return {
    version: isFields(recorded?.version) ? recorded.version : versionDocument(gitVersion),
    at: (path) => documents.get(path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path),
  }
}

const coreVersions: Fields = {
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1:443' }],
}

function versionDocument(gitVersion: string): Fields {
  const [, major = '1', minor = '34'] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? []
  return {
    major,
    minor,
    gitVersion,
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'go1.24.0',
    compiler: 'gc',
    platform: 'linux/amd64',
  }
}

function groupList(resources: readonly ResourceType[]): Fields {
  const versions = new Map<string, Set<string>>()
  for (const { group, versions: own } of resources) {
    if (group === '') continue
    const known = versions.get(group) ?? new Set()
    for (const version of own) known.add(version)
    versions.set(group, known)
  }
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [...versions].map(([name, known]) => {
      const listed = [...known].sort(byMaturity).map((version) => ({ groupVersion: `${name}/${version}`, version }))
      return { name, versions: listed, preferredVersion: listed[0] }
    }),
  }
}

/** v1 before v1beta1 before v1alpha3. */
const byMaturity = (a: string, b: string): number => maturity(b) - maturity(a)

function maturity(version: string): number {
  const [, major = '0', stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? []
  return Number(major) * 10_000 + (stage === undefined ? 2000 : stage === 'beta' ? 1000 : 0) + Number(minor)
}

function resourceLists(resources: readonly ResourceType[]): Readonly<Record<string, Fields>> {
  const lists: Record<string, Fields[]> = {}
  for (const type of resources) {
    for (const version of type.versions) {
      const gv = groupVersion(type.group, version)
      const own = lists[gv] ?? []
      lists[gv] = own
      own.push(resourceEntry(type), ...type.subresources.map((sub) => subresourceEntry(type, sub)))
    }
  }
  return Object.fromEntries(
    Object.entries(lists).map(([gv, listed]) => [
      gv,
      { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: gv, resources: listed },
    ]),
  )
}

const resourceEntry = (type: ResourceType): Fields => ({
  name: type.plural,
  singularName: type.singular,
  namespaced: type.namespaced,
  kind: type.kind,
  verbs: type.verbs,
  ...(type.shortNames.length === 0 ? {} : { shortNames: type.shortNames }),
  ...(type.categories.length === 0 ? {} : { categories: type.categories }),
})

const subresourceEntry = (type: ResourceType, sub: Subresource): Fields => ({
  name: `${type.plural}/${sub.name}`,
  singularName: '',
  namespaced: type.namespaced,
  ...(sub.group === undefined ? {} : { group: sub.group, version: sub.version }),
  kind: sub.kind,
  verbs: sub.verbs,
})
