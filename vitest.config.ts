import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{api,server,web,simulator,cli,bench,scripts,e2e}/**/*.test.ts'],
    pool: 'threads',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', './scripts/lib/plainReporter.js'],
  },
})
