import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bed, browserOf, loginClusters, outside, startBed } from './testing.ts'

let bed: Bed
beforeAll(async () => {
  bed = await startBed({ clusters: ['east', 'west', 'plain'], plain: ['plain'] })
  await loginClusters(bed, 2)
})
afterAll(() => bed.close())

describe('logging in to OpenShift', () => {
  it('works', async () => {
    const browser = browserOf(bed)
    console.log(await browser.go('/api/auth/info'))
    console.log(await browser.logIn('alice'), browser.cookies)
    console.log((await browser.go('/api/auth/info')).text)
    console.log(await browser.logIn('alice', 'west'))
    console.log((await browser.go('/api/auth/info')).text)
    console.log((await browser.go('/api/namespaces')).text)
    console.log((await browser.go('/api/logout')).text)
    console.log(bed.audit, bed.logged())
  })
})
