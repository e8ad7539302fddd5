import { createServer, type RequestListener } from 'node:http'
import { duplexPair } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { anonymousLogin } from '../access/login.ts'
import type { KubeApi } from '../kube/api.ts'
import { KubeFailure } from '../kube/failure.ts'
import { ForwardedConnection } from '../kube/forwardConnection.ts'
import { ForwardDenied } from '../kube/portForward.ts'
import { createPacer } from '../outbound/pacer.ts'
import { createProxyAdmin } from './admin.ts'
import { textOf } from './dump.ts'

const limitMs = 30

/** Clusters whose pods answer with `listener`; undefined: the forward is never opened. */
function adminOf(listener: (cluster: string) => RequestListener | undefined) {
  const opened: string[] = []
  const apiOf = (cluster: string): KubeApi => ({
    cluster,
    get: () => Promise.reject(new Error('not asked')),
    request: () => Promise.reject(new Error('not asked')),
    stream: () => Promise.reject(new Error('not asked')),
    reloadCredential: () => false,
    close: () => Promise.resolve(),
    forward: (target, timeoutMs) => {
      opened.push(`${cluster}/${target.namespace}/${target.pod}:${target.port}`)
      if (target.pod === 'denied') return Promise.reject(new ForwardDenied(cluster, target, 'no'))
      const answers = listener(cluster)
      return answers === undefined ? nothingWithin(cluster, timeoutMs) : Promise.resolve(connectionTo(answers))
    },
  })
  const clusters = { api: apiOf, apiAs: () => apiOf('east'), get: () => undefined }
  return { opened, admin: createProxyAdmin(clusters, createPacer(), limitMs) }
}

const nothingWithin = (cluster: string, timeoutMs: number): Promise<never> =>
  new Promise((_resolve, reject) => {
    setTimeout(() => reject(new KubeFailure('unreachable', cluster, 'no connection')), timeoutMs)
  })

function connectionTo(listener: RequestListener): ForwardedConnection {
  const [ours, theirs] = duplexPair()
  createServer(listener).emit('connection', theirs)
  const connection = new ForwardedConnection({
    read: () => ours.resume(),
    write: (piece, _encoding, done) => void ours.write(piece, done),
    destroy: (error, done) => {
      ours.destroy()
      done(error)
    },
  })
  ours.on('data', (chunk) => connection.push(chunk))
  ours.on('close', () => connection.push(null))
  return connection
}

const podIn = (cluster: string, name = 'gw') => ({ cluster, namespace: 'shop', name })
const empty: RequestListener = (_request, response) => response.end('{"configs":[]}')

describe('the admin port of a proxy', () => {
  it.each([
    ['opens no connection', undefined, 'BIN-CLUSTER-UNREACHABLE'],
    ['says nothing', () => {}, 'BIN-PROXY-UNREACHABLE'],
    ['stops in the middle', (_request, response) => response.write('{"configs":['), 'BIN-PROXY-UNREACHABLE'],
  ] satisfies readonly (readonly [string, RequestListener | undefined, string])[])(
    'is given up when it %s',
    async (_what, listener, code) => {
      const { admin } = adminOf(() => listener)
      await expect(admin.dump(anonymousLogin, podIn('east'))).rejects.toMatchObject({ code })
    },
  )

  it('that hangs keeps none of another cluster waiting', async () => {
    const { admin, opened } = adminOf((cluster) => (cluster === 'east' ? undefined : empty))
    const hanging = Array.from({ length: 9 }, (_, index) => admin.dump(anonymousLogin, podIn('east', `p${index}`)))
    const settled = Promise.allSettled(hanging)
    expect([...textOf(await admin.dump(anonymousLogin, podIn('west')))].join('')).toBe('{"configs":[]}')
    expect(opened.filter((target) => target.startsWith('east')).length).toBe(3)
    expect((await settled).map(({ status }) => status)).toEqual(hanging.map(() => 'rejected'))
  })

  it('is asked anew by who comes after the answer', async () => {
    const { admin, opened } = adminOf(() => empty)
    await admin.dump(anonymousLogin, podIn('east'))
    await admin.dump(anonymousLogin, podIn('east'))
    expect(opened).toEqual(['east/shop/gw:15000', 'east/shop/gw:15000'])
  })

  it('that the console’s account may not reach is the console’s trouble', async () => {
    const { admin } = adminOf(() => empty)
    await expect(admin.dump(anonymousLogin, podIn('east', 'denied'))).rejects.toMatchObject({
      code: 'BIN-FORWARD-DENIED',
      status: 503,
    })
  })

  it('is not asked for who has no login there', async () => {
    const { admin, opened } = adminOf(() => empty)
    const stranger = { ...anonymousLogin, on: () => undefined }
    await expect(admin.dump(stranger, podIn('east'))).rejects.toMatchObject({ code: 'BIN-PROXY-FORBIDDEN' })
    await expect(admin.dump(undefined, podIn('east'))).rejects.toMatchObject({ code: 'BIN-PROXY-FORBIDDEN' })
    expect(opened).toEqual([])
  })
})
