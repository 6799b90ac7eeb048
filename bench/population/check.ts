/** The independent look at a generated backend, as a test run in the sandbox: see `bench/population_check.py`. */
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { openLocalRepository } from '../../src/repository/local.ts'
import type { Report } from '../../src/values/report.ts'
import type { Walk } from './walk.ts'

const BENCH = join(import.meta.dirname, '..')
const SECONDS = 20
const SEED = 2026

const result = z.strictObject({
  wrong: z.array(z.string()),
  circuits: z.int(),
  cost: z
    .strictObject({ qubits: z.int(), adapter_ms: z.number(), native_ms: z.number(), ratio: z.number() })
    .optional(),
  no_cost: z.string().optional(),
})
export type Look = z.infer<typeof result>

/** Looks at the backend of a walk that ended with a branch; undefined where there is none. */
export async function lookAt({ thread, services, repository: folder }: Walk): Promise<Look | undefined> {
  const last = thread?.branch?.committed.at(-1)
  const backend = thread?.backend?.name
  if (thread?.snapshot === undefined || last === undefined || backend === undefined) return undefined
  const { snapshot, target } = thread
  const repository = await openLocalRepository(folder)
  const report = (await services.runner.test(
    {
      snapshot,
      target,
      backend,
      commit: last.commit,
      tree: last.tree,
      withCheckout: (use) =>
        repository.withCheckout(last.commit, (checkout) => {
          const changed = mkdtempSync(join(folder, '..', 'look-'))
          cpSync(checkout, changed, { recursive: true, filter: (path) => basename(path) !== '.git' })
          const tests = join(changed, target.testsPath)
          cpSync(join(BENCH, 'population_check.py'), join(tests, `test_${backend}.py`))
          cpSync(join(BENCH, 'adapter.py'), join(tests, 'adapter.py'))
          const settings = { module: target.backendsModule, name: backend, seconds: SECONDS, seed: SEED }
          writeFileSync(join(tests, 'population_check.json'), JSON.stringify(settings))
          return use(changed)
        }),
    },
    services.onProgress,
  )) as Report
  const text = report.tests.find((test) => test.name === 'test_look_at_the_backend')
  if (text?.outcome === 'skipped' && text.message !== undefined) return result.parse(JSON.parse(text.message))
  const said = report.tests.flatMap(({ message }) => message ?? []).join(' ')
  return { wrong: [`the independent check did not end: ${said.slice(-500)}`], circuits: 0 }
}
