/**
 * A runner that does each job once, on the real simulator, and then remembers: the tests that use it are about the App and
 * GitHub, and the same tree tested by the same environment has the same report.
 */
import type { Runner } from '../../../src/simulator/runner.ts'
import { isPending } from '../../../src/simulator/runner.ts'
import type { Report } from '../../../src/values/report.ts'

export function rememberingRunner(runner: Runner): Runner {
  const reports = new Map<string, Promise<Report>>()
  return {
    prepare: (job, onProgress) => runner.prepare(job, onProgress),
    measure: (job, onProgress) => runner.measure(job, onProgress),
    async test(job, onProgress) {
      const known = reports.get(job.tree) ?? real(runner, job, onProgress)
      reports.set(job.tree, known)
      return { ...(await known), commit: job.commit }
    },
  }
}

async function real(runner: Runner, ...args: Parameters<Runner['test']>): Promise<Report> {
  const report = await runner.test(...args)
  if (isPending(report)) throw new Error('This runner is meant to be one that answers at once.')
  return report
}
