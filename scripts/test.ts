/** `npm test`: every check and every test. `npm run check` is the same without the slow tests. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runGroups } from './run-steps.ts'
import { checks, slowTests, unitTests } from './steps.ts'

const quick = process.argv.includes('--quick')
const reports = mkdtempSync(join(tmpdir(), 'graft-reports-'))
try {
  const slow = quick ? [] : slowTests(reports)
  const ok = await runGroups([checks(), unitTests(reports), ...slow])
  process.exitCode = ok ? 0 : 1
} finally {
  rmSync(reports, { recursive: true, force: true })
}
