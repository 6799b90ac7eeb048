/**
 * A runner that does each job once, on the real simulator, and then remembers: the tests that use it are about the App and
 * GitHub, and the same tree tested by the same environment has the same report.
 */
import type { Runner } from '../../../src/simulator/runner.ts'
import { isPending, type Pending } from '../../../src/simulator/runner.ts'

export function rememberingRunner(runner: Runner): Runner {
  const done = new Map<string, Promise<unknown>>()
  const once = <T extends object>(key: string, work: () => Promise<T | Pending>): Promise<T> => {
    const known = done.get(key) ?? work().then(answered)
    done.set(key, known)
    return known as Promise<T>
  }
  return {
    prepare: (job, onProgress) => runner.prepare(job, onProgress),
    measure: (job, onProgress) => once(`measure ${job.snapshot.purl}`, () => runner.measure(job, onProgress)),
    async test(job, onProgress) {
      return { ...(await once(`test ${job.tree}`, () => runner.test(job, onProgress))), commit: job.commit }
    },
  }
}

function answered<T extends object>(value: T | Pending): T {
  if (isPending(value)) throw new Error('This runner is meant to be one that answers at once.')
  return value
}
