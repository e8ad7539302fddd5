/** Published ids: stable between requests for the same thing, opaque to clients. Kept with what they stand for. */
import { hash } from 'node:crypto'
import type { NodeIdentity } from './nodeIdentity.ts'

const nodeId = (key: string): string => sha256(key)

const boxIds = new Map<string, string>()
const maxBoxes = 10_000

/** Of a box: `key` names what it holds. Boxes have no identity to keep it with. */
export function boxId(key: string): string {
  let id = boxIds.get(key)
  if (id === undefined) {
    id = sha256(`box_${key}`)
    // Apps come and go.
    if (boxIds.size >= maxBoxes) boxIds.clear()
    boxIds.set(key, id)
  }
  return id
}

export const idOf = (identity: NodeIdentity): string => published(identity).id

/** `key` is the edge's among those of its source: protocol and destination. The protocol may be empty. */
export function edgeIdOf(source: NodeIdentity, key: string, destination: NodeIdentity, protocol: string): string {
  const { edges } = published(source)
  let id = edges.get(key)
  if (id === undefined) {
    id = edgeId(idOf(source), idOf(destination), protocol)
    edges.set(key, id)
  }
  return id
}

/** Of the published ids of both ends. */
export const edgeId = (source: string, target: string, protocol: string): string =>
  sha256(`${source}.${target}.${protocol}`)

function published(identity: NodeIdentity): NonNullable<NodeIdentity['published']> {
  identity.published ??= { id: nodeId(identity.key), edges: new Map() }
  return identity.published
}

const sha256 = (text: string): string => hash('sha256', text)
