/** A recorded server served again must say the same, list by list, to the last field. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { startApiServer } from './apiServer.ts'
import { type Fields, fieldsAt, isFields, listAt, parsedJson, textAt } from './json.ts'
import { clientOf } from './testClient.ts'

const folder = fileURLToPath(new URL('../../../../shared/golden/A/clusters/', import.meta.url))
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json.gz')) : []
const why = files.length === 0 ? ' (skipped: no recordings in ../shared/golden)' : ''

describe.skipIf(files.length === 0)(`recorded API servers${why}`, () => {
  it.each(files)('%s is served as it was recorded', async (file) => {
    const recording = fieldsAt(parsedJson(gunzipSync(readFileSync(folder + file)).toString()))
    const lists = Object.entries(fieldsAt(recording, 'lists'))
    const server = await startApiServer({
      cluster: textAt(recording, 'cluster'),
      objects: objectsOf(lists),
      identities: [{ token: 'root', user: 'admin', groups: ['system:masters'] }],
      discovery: {
        version: recording.version,
        apiGroups: recording.apiGroups,
        apiResources: fieldsAt(recording, 'apiResources'),
      },
    })
    const client = clientOf(server, 'root')
    expect((await client.get('/version')).body).toEqual(recording.version)
    expect((await client.get('/apis')).body).toEqual(recording.apiGroups)
    expect(lists.length).toBeGreaterThan(50)
    for (const [path, list] of lists) {
      const { body } = await client.get(`${path.split('/').length === 2 ? '/api' : '/apis'}/${path}`)
      expect(body.kind, path).toBe(textAt(list, 'kind'))
      expect(listAt(body, 'items'), path).toEqual(listAt(list, 'items'))
    }
    await server.close()
  })
})

/** Each object once, although every version of its resource lists it; with its type, which lists leave out. */
function objectsOf(lists: readonly (readonly [string, unknown])[]) {
  const byUid = new Map<string, ReturnType<typeof typed>>()
  for (const [path, list] of lists) {
    const apiVersion = path.slice(0, path.lastIndexOf('/'))
    const kind = textAt(list, 'kind').replace(/List$/, '')
    for (const one of listAt(list, 'items')) {
      const uid = textAt(one, 'metadata', 'uid')
      if (isFields(one) && !byUid.has(uid)) byUid.set(uid, typed(apiVersion, kind, one))
    }
  }
  return byUid.values()
}

const typed = (apiVersion: string, kind: string, fields: Fields) => ({
  ...fields,
  apiVersion,
  kind,
  metadata: { ...fieldsAt(fields, 'metadata'), name: textAt(fields, 'metadata', 'name') },
})
