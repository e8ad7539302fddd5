import { describe, expect, it } from 'vitest'
import { bytesText, errorPercent, errorText, rateText, readRate, shortNumber } from './rate.ts'

describe('rates', () => {
  it('add up all that failed, no response included', () => {
    const rate = readRate({
      http: '10.00',
      http4xx: '1.00',
      http5xx: '0.50',
      httpNoResponse: '0.50',
      httpPercentErr: '20.0',
    })
    expect(rate.errorRps).toBe(2)
    expect(errorPercent(rate)).toBe(20)
  })

  it.each([
    [{ http: '12.34' }, '12.3 rps', ''],
    [{ grpc: '3', grpcErr: '0.01' }, '3 rps', '0.3% err'],
    [{ tcp: '9067.50' }, '9.07 kB/s', ''],
    [{ http: '8', http5xx: '0.001' }, '8 rps', '0.1% err'],
    [{ http: 'NaN' }, '', ''],
    [undefined, '', ''],
  ])('of %o read %s %s', (rates, text, errors) => {
    expect([rateText(readRate(rates)), errorText(readRate(rates))]).toEqual([text, errors])
  })

  it.each([
    [0.004, '<0.01'],
    [1234, '1.23k'],
    [999_600, '1M'],
    [250, '250'],
  ])('writes %d as %s', (value, text) => {
    expect(shortNumber(value)).toBe(text)
  })

  it('writes bytes with their unit', () => {
    expect([bytesText(12), bytesText(1_500_000)]).toEqual(['12 B/s', '1.5 MB/s'])
  })
})
