/** Published ids: stable between requests for the same thing, opaque to clients. */
import { hash } from 'node:crypto'

export const nodeId = (key: string): string => sha256(key)

/** Of the published ids of both ends; the protocol may be empty. */
export const edgeId = (source: string, target: string, protocol: string): string =>
  sha256(`${source}.${target}.${protocol}`)

const sha256 = (text: string): string => hash('sha256', text)
