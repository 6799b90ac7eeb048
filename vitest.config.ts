import { defineConfig } from 'vitest/config'

/** Tests that make Python environments and run contained programs in them. */
const SANDBOX = [
  'test/simulator/environment.test.ts',
  'test/simulator/measure.test.ts',
  'test/simulator/sandbox*.test.ts',
]

/** Tests over HTTP on the embedded GitHub, and of git: quick each, many together. */
const GITHUB = [
  'test/embedded/**/*.test.ts',
  'test/repository/*.test.ts',
  'test/bot/hub*.test.ts',
  'test/bot/server*.test.ts',
  'test/change/git-*.test.ts',
  'test/change/history.test.ts',
  'test/simulator/actions*.test.ts',
]

/** Stories on the embedded GitHub wait more than they work. */
const STORIES = 'test/e2e/github/**/*.test.ts'

/**
 * Five groups: `unit` (seconds, no network), `github` (the embedded GitHub, git and HTTP), `sandbox` (environments and
 * containment), `e2e` (the command line on the real package index and real simulators) and `stories` (from a webhook to
 * GitHub's state, with real simulators). `sandbox` and `e2e` run one file at a time.
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
          exclude: ['test/e2e/**', ...SANDBOX, ...GITHUB],
          testTimeout: 60_000,
          // Files share what they load: loading it anew for each took a third of the time.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'github', include: GITHUB, testTimeout: 60_000 } },
      {
        extends: true,
        test: { name: 'sandbox', include: SANDBOX, fileParallelism: false, testTimeout: 200_000, hookTimeout: 200_000 },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [STORIES],
          fileParallelism: false,
          testTimeout: 800_000,
          hookTimeout: 800_000,
        },
      },
      {
        extends: true,
        test: { name: 'stories', include: [STORIES], maxWorkers: 3, testTimeout: 800_000, hookTimeout: 800_000 },
      },
    ],
  },
})
