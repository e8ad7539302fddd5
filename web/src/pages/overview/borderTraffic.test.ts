import { expect, it } from 'vitest'
import { borderTraffic } from './borderTraffic.ts'

it('counts what crosses the border of a cluster, not what stays inside', () => {
  const cell = (source: string, destination: string, rps: number) => ({ source, destination, rps, errorPercent: 0 })
  const matrix = [
    cell('east', 'east', 50),
    cell('east', 'west', 4),
    cell('south', 'east', 2),
    cell('west', 'east', 1),
    cell('unknown', 'east', 9),
  ]
  expect(borderTraffic(matrix, 'east')).toEqual({ in: 3, out: 4 })
})
