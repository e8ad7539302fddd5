import { type Duplex, duplexPair } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { forwardOverSpdy } from './forwardSpdy.ts'
import { controlFrame, createFrameReader, dataFrame, type Frame, uint32 } from './spdyFrames.ts'
import { settled } from './testing.ts'

const accepts = (streamId: number): Buffer => controlFrame(2, uint32(streamId))

/** The server's end: the frames that we were sent, and a way to send some. */
async function forward() {
  const [ours, theirs] = duplexPair()
  const frames: Frame[] = []
  const read = createFrameReader(1 << 20)
  theirs.on('data', (chunk: Buffer) => frames.push(...read(chunk)))
  const opening = forwardOverSpdy(ours, { namespace: 'istio-system', pod: 'istiod-1', port: 15014 })
  opening.catch(() => {})
  while (frames.length < 3) await settled()
  const say = async (...sent: Buffer[]) => {
    for (const frame of sent) theirs.write(frame)
    await settled()
  }
  return { opening, frames, say, theirs, ours }
}

async function opened() {
  const scene = await forward()
  await scene.say(accepts(1), accepts(3))
  scene.frames.splice(0)
  return { ...scene, connection: await scene.opening }
}

async function whole(connection: Duplex): Promise<string> {
  let text = ''
  for await (const chunk of connection) text += String(chunk)
  return text
}

describe('a forward over SPDY', () => {
  it('opens a stream for errors, which it closes at once, and one for data', async () => {
    const { frames } = await forward()
    expect(frames.map(({ type, streamId, fin }) => [type, streamId, fin])).toEqual([
      [1, 1, false],
      ['data', 1, true],
      [1, 3, false],
    ])
  })

  it('is open when the server has accepted the data stream, not before', async () => {
    const { opening, say } = await forward()
    let isOpen = false
    opening.then(
      () => {
        isOpen = true
      },
      () => {},
    )
    await say(accepts(1))
    expect(isOpen).toBe(false)
    await say(accepts(3))
    expect(isOpen).toBe(true)
  })

  it('carries bytes both ways, and the end of each', async () => {
    const { connection, frames, say } = await opened()
    connection.end('GET')
    await say(dataFrame(3, Buffer.from('O'), false), dataFrame(3, Buffer.from('K'), true))
    expect(await whole(connection)).toBe('OK')
    expect(frames.map(({ fin, payload, streamId }) => [streamId, payload.toString(), fin])).toEqual([
      [3, 'GET', false],
      [3, '', true],
    ])
  })

  it.each([
    ['what the error stream says', dataFrame(1, Buffer.from('dial: refused'), true), 'dial: refused'],
    ['that it was reset', controlFrame(3, Buffer.concat([uint32(3), uint32(5)])), 'the port-forward was reset'],
    ['a frame of another protocol', Buffer.from('HTTP/1.1 400 Bad Request'), 'longer than'],
  ])('fails with %s', async (_what, frame, message) => {
    const { connection, ours, say } = await opened()
    const failure = whole(connection).catch((error: Error) => error.message)
    await say(frame)
    expect(await failure).toContain(message)
    expect(ours.destroyed).toBe(true)
  })

  it("waits for the pod's words when the pod ends without data", async () => {
    const { connection, say } = await opened()
    const failure = whole(connection).catch((error: Error) => error.message)
    await say(dataFrame(3, Buffer.alloc(0), true))
    await say(dataFrame(1, Buffer.from('dial: refused'), true))
    expect(await failure).toBe('dial: refused')
  })

  it('ends without data when the pod has no words either, and closes its own side for that', async () => {
    const { connection, frames, say } = await opened()
    const text = whole(connection)
    await say(dataFrame(3, Buffer.alloc(0), true))
    expect(frames.map(({ fin, streamId }) => [streamId, fin])).toEqual([[3, true]])
    await say(dataFrame(1, Buffer.alloc(0), true))
    expect(await text).toBe('')
  })

  it('is not opened when the server hangs up first', async () => {
    const { opening, theirs } = await forward()
    theirs.end()
    await expect(opening).rejects.toThrow('closed the port-forward')
  })

  it("answers the server's pings, not its own", async () => {
    const { frames, say } = await opened()
    await say(controlFrame(6, uint32(2)), controlFrame(6, uint32(1)))
    expect(frames.map(({ type, payload }) => [type, payload.toString('hex')])).toEqual([[6, '00000002']])
  })

  it('gives the window back for what was read, of the stream and of the session', async () => {
    const { connection, frames, say } = await opened()
    connection.resume()
    await say(dataFrame(3, Buffer.alloc(40_000), false))
    expect(frames.map(({ type, payload }) => [type, payload.readUInt32BE(0), payload.readUInt32BE(4)])).toEqual([
      [9, 0, 40_000],
      [9, 3, 40_000],
    ])
  })

  it('stops reading while nobody reads it, and gives no window back', async () => {
    const { frames, ours, say } = await opened()
    await say(dataFrame(3, Buffer.alloc(100_000), false))
    expect([ours.isPaused(), frames]).toEqual([true, []])
  })

  it('lets the transport go when it is destroyed', async () => {
    const { connection, ours } = await opened()
    connection.destroy()
    expect(ours.destroyed).toBe(true)
  })
})
