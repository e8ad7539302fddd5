/** The routes of a console, to walk: nothing behind them answers. */
import { noAudit } from '../../audit.ts'
import { anonymousStrategy } from '../../auth/auth.ts'
import { testMesh } from '../../catalog/testing.ts'
import type { Route } from '../route.ts'
import { allRoutes } from '../routes/all.ts'

export const routeTable = (): readonly Route[] =>
  allRoutes({
    mesh: testMesh({ east: [] }),
    strategy: anonymousStrategy,
    build: { containerVersion: '', commit: '' },
    prometheus: () => ({ version: '', scrapeIntervalS: 15, retentionS: 1, metrics: undefined }),
    istiodAnswers: () => true,
    diagnoses: { of: () => undefined },
    metrics: { contentType: '', streamOpened: () => () => {}, text: () => Promise.resolve('') },
    audit: noAudit,
    later: () => () => {},
  })
