import { expect, it } from 'vitest'
import { parseMeshGraphOptions } from './options.ts'

it('reads what is asked for, and ignores what it does not know', () => {
  expect(
    parseMeshGraphOptions(new URLSearchParams('includeGateways=true&includeWaypoints=0&queryTime=9&boxBy=x')),
  ).toEqual({
    includeGateways: true,
    includeWaypoints: false,
    queryTime: 9,
  })
})

it.each([
  ['configVendor=mine', 'Invalid configVendor [mine]'],
  ['includeGateways=maybe', 'Invalid meshGateways [maybe]'],
  ['includeWaypoints=maybe', 'Invalid meshWaypoints [maybe]'],
  ['queryTime=x', 'Invalid queryTime [x]'],
  ['queryTime=-1', 'Invalid queryTime [-1]'],
  ['appenders=health', 'Invalid appender [health]'],
])('%s is refused in the words of Kiali', (query, message) => {
  expect(() => parseMeshGraphOptions(new URLSearchParams(query))).toThrow(message)
})
