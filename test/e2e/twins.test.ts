/** Names are hypotheses: a simulator that is republished under random names is integrated all the same. */
import { expect, test } from 'vitest'
import { integrateTwin, ORIGINALS } from '../../bench/invented/twin.ts'
import { report } from '../../src/values/report.ts'
import { CACHE, git, makeTarget } from './support.ts'

// One here, all four in `npm run bench:invented -- --twins`.
test.each(ORIGINALS.slice(0, 1))('the renamed twin of %s becomes a backend', { timeout: 900_000 }, async (original) => {
  const repo = makeTarget()
  const { code, result, stderr, renamed, twin } = await integrateTwin(original, 7, repo, CACHE)
  expect(code, stderr).toBe(0)
  expect(renamed).toBeGreaterThan(10)
  expect(['integrated', 'integrated_with_limits']).toContain(result?.verdict)
  expect(report.parse(result?.report).failed).toBe(0)
  const adapter = git(repo, 'show', `${result?.branch}:src/proxima/backends/${result?.backend}/adapter.py`)
  // It is the twin that runs, under its own names.
  expect(adapter).toContain(`package = "${twin}"`)
  expect(adapter).not.toContain(original.split('==')[0]?.replaceAll('-', '_'))
})
