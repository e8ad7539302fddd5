import { describe, expect, it } from 'vitest'
import { openInTurns } from './openInTurns.ts'

const to = { hostname: 'east.example', protocol: 'https:', port: '443' }

describe('connections', () => {
  it('are opened when their turn has come', () => {
    const waiting: (() => void)[] = []
    const opened: string[] = []
    const open = openInTurns(({ hostname }) => opened.push(hostname), {
      run: async (work) => {
        waiting.push(work)
      },
    })
    open(to, () => {})
    expect(opened).toEqual([])
    waiting[0]?.()
    expect(opened).toEqual(['east.example'])
  })

  it('that cannot even be begun are told to who asked', async () => {
    const open = openInTurns(() => {
      throw new Error('no such certificate')
    })
    const error = await new Promise((resolve) => open(to, (...[failure]) => resolve(failure)))
    expect(error).toEqual(new Error('no such certificate'))
  })
})
