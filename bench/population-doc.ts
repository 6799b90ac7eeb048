/**
 * `npm run bench:population:doc`: writes `docs/population.md` from what the population bench measured. The numbers are those of
 * `results/population.json`; the others hold what the prototype found in the same environments, the rows of
 * three packages that are not on the list, and of those that were looked at while rules were written.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { documentOf } from './population/document.ts'
import { readList } from './population/list.ts'
import { readRows } from './population/row.ts'

const RESULTS = join(import.meta.dirname, 'results')
const baseline = z.record(
  z.string(),
  z.strictObject({ outcome: z.string(), gates: z.int(), missing: z.array(z.string()), seconds: z.number() }),
)

const path = join(RESULTS, 'population-baseline.json')
const text = documentOf({
  entries: readList(),
  rows: readRows(join(RESULTS, 'population.json')),
  baseline: existsSync(path) ? baseline.parse(JSON.parse(readFileSync(path, 'utf8'))) : {},
  unseen: readRows(join(RESULTS, 'population-unseen.json')),
  development: readRows(join(RESULTS, 'population-development.json')),
})
writeFileSync(join(import.meta.dirname, '..', 'docs', 'population.md'), text)
