/**
 * A runner that does each job once, on the real simulator, and then remembers: the tests that use it are about the App and
 * GitHub, and the same tree tested by the same environment has the same report. In `npm test` all files of stories share what
 * one of them has found.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { z } from 'zod'
import { readCached, withLock, writeAtomically } from '../../../src/simulator/cache.ts'
import type { Runner } from '../../../src/simulator/runner.ts'
import { isPending, type Pending } from '../../../src/simulator/runner.ts'
import { measurement } from '../../../src/values/measurement.ts'
import { report } from '../../../src/values/report.ts'

/** Folder of one run of the tests. */
const SHARED = process.env.GRAFT_STORIES

export function rememberingRunner(runner: Runner): Runner {
  const done = new Map<string, Promise<unknown>>()
  const once = <T extends object>(
    key: string,
    schema: z.ZodType<T>,
    isGood: (value: T) => boolean,
    work: () => Promise<T | Pending>,
  ): Promise<T> => {
    const known = done.get(key) ?? shared(key, schema, isGood, async () => answered(await work()))
    done.set(key, known)
    return known as Promise<T>
  }
  return {
    prepare: (job, onProgress) => runner.prepare(job, onProgress),
    measure: (job, onProgress) =>
      once(
        `measure ${job.snapshot.purl} ${JSON.stringify(job.request)}`,
        measurement,
        ({ stage }) => stage === 'measured',
        () => runner.measure(job, onProgress),
      ),
    async test(job, onProgress) {
      const isGreen = ({ failed }: { failed: number }) => failed === 0
      const made = await once(`test ${job.tree}`, report, isGreen, () => runner.test(job, onProgress))
      return { ...made, commit: job.commit }
    },
  }
}

/** What another file has found, or will have found in a moment. What went wrong is not shared: it may have been the machine. */
async function shared<T>(
  key: string,
  schema: z.ZodType<T>,
  isGood: (value: T) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  if (SHARED === undefined) return work()
  const path = join(SHARED, `${createHash('sha256').update(key).digest('hex')}.json`)
  return withLock(`${path}.lock`, async () => {
    const known = await readCached(path, schema)
    if (known !== undefined) return known
    const made = await work()
    if (isGood(made)) await writeAtomically(path, JSON.stringify(made))
    return made
  })
}

function answered<T extends object>(value: T | Pending): T {
  if (isPending(value)) throw new Error('This runner is meant to be one that answers at once.')
  return value
}
