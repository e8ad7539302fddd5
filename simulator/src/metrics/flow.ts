/** One stream of a call's traffic as one of its proxies reports it. */
import type { SimCall } from '../scenario.ts'
import type { Curve } from './curve.ts'
import type { Labels } from './series.ts'

export interface Flow {
  readonly call: SimCall
  readonly base: Labels
  readonly curve: Curve
  /** Requests (TCP: bytes sent by the source) per second at a breath of 1. */
  readonly rate: number
  /** Labels that tell responses apart are absent from messages and TCP: the first flow of a reporter stands for all. */
  readonly first: boolean
}
