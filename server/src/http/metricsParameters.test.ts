import { describe, expect, it } from 'vitest'
import { metricsParameters, metricsQuery } from './metricsParameters.ts'
import { readParameters } from './parameters.ts'

const parsed = (search: string) => metricsQuery(readParameters(search, metricsParameters), 1_000)

describe('the parameters of metrics', () => {
  it('have the defaults of Kiali', () => {
    expect(parsed('')).toEqual({
      endS: 1_000,
      durationS: 1_800,
      stepS: 15,
      rateIntervalS: 60,
      instant: false,
      direction: 'outbound',
      reporters: ['source'],
      average: true,
      quantiles: [],
      by: [],
      metrics: undefined,
      protocol: '',
    })
  })

  it('are read as they are written', () => {
    const written =
      'queryTime=900&duration=600&step=60&rateInterval=5m&rateFunc=irate&direction=inbound&reporter=source,waypoint' +
      '&avg=false&quantiles[]=0.5&quantiles[]=0.99&byLabels[]=response_code&filters[]=request_count&requestProtocol=grpc'
    expect(parsed(written)).toEqual({
      endS: 900,
      durationS: 600,
      stepS: 60,
      rateIntervalS: 300,
      instant: true,
      direction: 'inbound',
      reporters: ['source', 'waypoint'],
      average: false,
      quantiles: ['0.5', '0.99'],
      by: ['response_code'],
      metrics: ['request_count'],
      protocol: 'grpc',
    })
    expect(parsed('reporter=both').reporters).toBeUndefined()
  })

  it.each([
    ['direction=sideways', "bad request, query parameter 'direction' must be either 'inbound' or 'outbound'"],
    ['rateFunc=deriv', "bad request, query parameter 'rateFunc' must be either 'rate' or 'irate'"],
    ['step=abc', "bad request, cannot parse query parameter 'step'"],
    ['step=0', "bad request, query parameter 'step' must be at least 1"],
    ['duration=-1', "bad request, cannot parse query parameter 'duration'"],
    ['quantiles[]=7', 'bad request, invalid quantile(s): should be between 0 and 1'],
    ['byLabels[]=a-b', 'bad request, invalid label name in \'byLabels\': "a-b"'],
    ['duration=86400&step=1', "bad request, more than 11000 points: take a longer 'step' or a shorter 'duration'"],
    ['reporter=nobody', 'bad request, query parameter \'reporter\' contains invalid value "nobody"'],
    [
      Array.from({ length: 11 }, (_, i) => `quantiles[]=0.${i + 10}`).join('&'),
      'bad request, at most 10 quantiles and 10 labels can be asked for at once',
    ],
  ])('are refused in the words of Kiali: %s', (search, message) => {
    expect(() => parsed(search)).toThrow(message)
  })
})
