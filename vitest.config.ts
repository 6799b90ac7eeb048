import { defineConfig } from 'vitest/config'

/** Tests that make Python environments and run contained programs in them. */
const SANDBOX = [
  'test/simulator/environment.test.ts',
  'test/simulator/measure.test.ts',
  'test/simulator/sandbox*.test.ts',
]

/**
 * Three groups: `unit` (seconds, no network), `sandbox` (environments and containment) and `e2e` (whole stories on the real
 * package index and real simulators), the last two one file at a time.
 */
export default defineConfig({
  test: {
    setupFiles: ['test/support/setup.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', ...SANDBOX],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { name: 'sandbox', include: SANDBOX, fileParallelism: false, testTimeout: 200_000, hookTimeout: 200_000 },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 400_000,
          hookTimeout: 400_000,
        },
      },
    ],
  },
})
