import { describe, expect, it } from 'vitest'
import { createBuckets } from './tokenBuckets.ts'

describe('a token bucket', () => {
  it('gives what it holds, then as fast as it fills', () => {
    let nowMs = 0
    const buckets = createBuckets({ burst: 2, perSecond: 0.5 }, () => nowMs)
    expect([buckets.take('a'), buckets.take('a'), buckets.take('a')]).toEqual([0, 0, 2])
    nowMs = 1000
    expect(buckets.take('a')).toBe(1)
    nowMs = 2000
    expect([buckets.take('a'), buckets.take('a')]).toEqual([0, 2])
  })

  it('is one for each key', () => {
    const buckets = createBuckets({ burst: 1, perSecond: 1 }, () => 0)
    expect([buckets.take('a'), buckets.take('b'), buckets.take('a')]).toEqual([0, 0, 1])
  })

  it('never holds more than its burst', () => {
    let nowMs = 0
    const buckets = createBuckets({ burst: 2, perSecond: 1 }, () => nowMs)
    buckets.take('a')
    nowMs = 60_000
    buckets.giveBack('a')
    expect([buckets.take('a'), buckets.take('a'), buckets.take('a')]).toEqual([0, 0, 1])
  })

  it('forgets the key that was not used for the longest', () => {
    const buckets = createBuckets({ burst: 1, perSecond: 1 }, () => 0, 2)
    for (const key of ['a', 'b', 'a', 'c']) buckets.take(key)
    expect([buckets.take('a'), buckets.take('b')]).toEqual([1, 0])
  })
})
