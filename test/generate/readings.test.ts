import { expect, test } from 'vitest'
import { planChanges } from '../../src/generate/changeset.ts'
import { renderAdapter } from '../../src/generate/render/adapter.ts'
import { formatPython } from '../../src/generate/ruff.ts'
import type { Driver, Reading } from '../../src/values/driver.ts'
import { READ_KINDS, driver as schema } from '../../src/values/driver.ts'
import { attr, call, circuit, DOUBLE, lit, n, p0, q0, q1, ref } from './drivers.ts'
import { planInput, templatesDir } from './inputs.ts'
import { runPython } from './python.ts'

/** What the simulator of `readings.py` answers, by kind: each is a method of its circuit. */
const FORMS: Record<Reading['kind'], readonly string[]> = {
  state: ['amplitude_dict', 'tuple_dict', 'records', 'pair_list', 'column', 'axes_list', 'tensor'],
  unitary: ['unitary_array', 'unitary_lists'],
  density: ['density_lists'],
  probabilities: ['probability_dict', 'probability_list'],
  counts: ['count_dict', 'count_list', 'count_records', 'expected'],
  samples: ['rows', 'texts', 'indexes', 'stream'],
}

/** A driver that has only this reading. */
function driverOf(form: string, kind: Reading['kind'], order: Reading['order']): Driver {
  const method = (name: string, args: Parameters<typeof call>[1]) => call(attr(circuit, name), args)
  const drawn = kind === 'counts' || kind === 'samples'
  const path: Reading['path'] = [{ attr: form }, { call: drawn ? [{ role: 'shots' }, { role: 'seed' }] : [] }]
  return schema.parse({
    ...{ schema: 1, distribution: 'formsim', version: '1.0', imports: ['formsim'] },
    setup: [{ var: 'circuit', value: call(ref('formsim:Circuit'), [n, lit(order === 'little')]) }],
    gates: {
      h: { apply: method('h', [q0]), effect: 'inplace' },
      x: { apply: method('x', [q0]), effect: 'inplace' },
      rx: { apply: method('rx', [p0, q0]), effect: 'inplace' },
      cx: { apply: method('cx', [q0, q1]), effect: 'inplace' },
    },
    [drawn ? 'counts' : 'state']: { run: [], root: 'circuit', path, kind, order },
  })
}

test('whatever can be measured, the adapter gives', { timeout: 120_000 }, () => {
  const cases = READ_KINDS.flatMap((kind) =>
    FORMS[kind].flatMap((form) =>
      (['big', 'little'] as const).map((order) => {
        const driver = driverOf(form, kind, order)
        const counts = form === 'expected' ? 'rounded' : driver.counts === undefined ? 'none' : 'samples'
        const conventions = { ...DOUBLE, counts, seed: counts === 'samples' } as const
        const input = { backend: 'formsim', driver, conventions, refused: [], limits: [], matrixQubits: 0 }
        const adapter = formatPython(renderAdapter(input).source, form)
        return { form, kind, order, driver, adapter, reading: driver.state === undefined ? 'counts' : 'state' }
      }),
    ),
  )
  const answers = runPython<{ measured: number; adapted: number; limited: string }[]>('readings.py', {
    templates: templatesDir,
    cases,
  })
  for (const [index, { form, kind, order }] of cases.entries()) {
    const answer = answers[index]
    const exact = kind === 'state' || kind === 'unitary' || kind === 'density'
    const what = `${form}, ${order}`
    // Half the sum of deviations of 4096 shots over eight outcomes is 0.015; bits in the wrong order make it 0.3.
    expect(answer?.measured, what).toBeLessThan(kind === 'counts' || kind === 'samples' ? 0.06 : 1e-9)
    expect(answer?.adapted, what).toBeLessThan(exact ? 1e-9 : 0.06)
    expect(answer?.limited, what).toMatch(
      exact ? /^$/ : kind === 'probabilities' ? /probabilities only; ask for shots/ : /counts only; ask for shots/,
    )
  }
})

test.each([
  ['probability_dict', 'probabilities', 'it gives probabilities only, no state', 'drawn from the probabilities'],
  ['count_dict', 'counts', 'it gives counts only, no state', 'samples'],
] as const)('a backend without states says so: %s', async (form, kind, limit, counts) => {
  const changes = await planChanges(planInput(driverOf(form, kind, 'big'), 'formsim'))
  const content = (name: string) =>
    changes.flatMap((change) => change.files).find((file) => file.path.endsWith(`/formsim/${name}`))?.content
  expect(content('adapter.py')).toContain(`"${limit}: every run needs shots",`)
  expect(content('README.md')).toContain(limit)
  expect(content('README.md')).toContain(`| counts | ${counts} |`)
})
