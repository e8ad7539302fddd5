import { describe, expect, it } from 'vitest'
import type { Visible } from '../access/access.ts'
import { anonymousLogin } from '../access/login.ts'
import type { Cluster } from '../clusters/clusters.ts'
import { BinocleError } from '../errors.ts'
import { badToken, mustSee } from './parts.ts'

const cause = { code: 'BIN-CLUSTER-UNREACHABLE', message: 'x', cluster: 'x' }
const answers = {
  something: { state: 'known', namespaces: ['shop'] },
  nothing: { state: 'known', namespaces: [] },
  rejected: { state: 'rejected' },
  forbidden: { state: 'forbidden', cause },
  unknown: { state: 'unknown', cause },
  absent: { state: 'absent' },
} as const satisfies Record<string, Visible>

async function outcome(...said: (keyof typeof answers)[]): Promise<string> {
  const names = said.map((_, index) => String(index))
  const parts = {
    clusters: { list: () => names.map(cluster), get: nobody, api: nobody, apiAs: nobody },
    access: {
      forget: () => {},
      visible: async (_login: unknown, name: string): Promise<Visible> => answers[said[Number(name)] ?? 'absent'],
    },
  }
  try {
    await mustSee(parts, anonymousLogin, 'east', badToken)
    return 'in'
  } catch (error) {
    return error instanceof BinocleError ? error.code : 'defect'
  }
}

const nobody = () => undefined

const cluster = (name: string): Cluster => ({
  name,
  home: false,
  accessible: true,
  apiEndpoint: '',
  secretName: '',
  state: 'reachable',
  since: 0,
})

describe('a new login that clusters know by our own accounts', () => {
  it.each<[(keyof typeof answers)[], string]>([
    [['nothing', 'something'], 'in'],
    [['rejected', 'forbidden', 'unknown', 'something'], 'in'],
    [['nothing', 'absent'], 'BIN-AUTH-TOKEN'],
    [['nothing', 'forbidden'], 'BIN-AUTH-TOKEN'],
    [['nothing', 'unknown'], 'BIN-AUTH-UNAVAILABLE'],
    // Our account is not well there, not the person's.
    [['nothing', 'rejected'], 'BIN-AUTH-UNAVAILABLE'],
    [['rejected'], 'BIN-AUTH-UNAVAILABLE'],
    [['forbidden', 'absent'], 'BIN-AUTH-FORBIDDEN'],
  ])('where clusters say %j: %s', async (said, expected) => {
    expect(await outcome(...said)).toBe(expected)
  })
})
