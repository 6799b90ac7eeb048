/**
 * The files of a backend, one folder for each family of drivers. After an intended change: `npx vitest run --project unit
 * test/generate/golden -u`, and read the difference.
 */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { planChanges } from '../../src/generate/changeset.ts'
import { renderAdapter } from '../../src/generate/render/adapter.ts'
import { change } from '../../src/values/plan.ts'
import { angleFirst, beyond, DOUBLE, gateObjects, oneMethod, subscripts, text } from './drivers.ts'
import { planInput } from './inputs.ts'

const FAMILIES = [
  ['gate_objects', gateObjects],
  ['angle_first', angleFirst],
  ['one_method', oneMethod],
  ['subscripts', subscripts],
  ['program_text', text],
  ['beyond', beyond],
] as const

describe.each(FAMILIES)('%s', (name, driver) => {
  test('the files are as reviewed', async () => {
    const changes = await planChanges(planInput(driver, name))
    for (const file of changes.flatMap((one) => one.files)) {
      // Python files get another ending, so that no tool takes them for code of this repository.
      const path = join(import.meta.dirname, 'golden', name, `${file.path.split('/').at(-1)}.golden`)
      await expect(file.content).toMatchFileSnapshot(path)
    }
  })

  test('adapter and normalizer stay short', async () => {
    const changes = await planChanges(planInput(driver, name))
    const files = changes.flatMap((one) => one.files)
    const lines = files
      .filter((file) => /\/(adapter|normalizer)\.py$/.test(file.path))
      .reduce((sum, file) => sum + (file.content ?? '').split('\n').length - 1, 0)
    expect(lines).toBeGreaterThan(50)
    expect(lines).toBeLessThanOrEqual(150)
  })

  test('changes are valid, in order, and depend on earlier ones', async () => {
    const target = { ...planInput(driver, name).target, hasBridge: false, hasConfiguration: false }
    const changes = await planChanges(planInput(driver, name, { target }))
    const seen: string[] = []
    for (const one of changes) {
      expect(change.parse(one)).toEqual(one)
      for (const needed of one.depends) expect(seen).toContain(needed)
      seen.push(one.id)
    }
    expect(seen).toEqual(changes.map((_, index) => `c${index + 1}`))
    expect(changes.map((one) => one.kind)).toEqual([
      ...['bridge', 'configuration', 'adapter', 'normalizer', 'requirements', 'documentation', 'tests'],
    ])
    expect(changes.find((one) => one.kind === 'tests')?.depends).toEqual(['c1', 'c3', 'c4'])
  })
})

test('a gate that was measured wrong is in no table', async () => {
  const input = planInput(gateObjects, 'toy')
  const gates = input.measurement.gates.map((one) =>
    one.gate === 'cswap' ? { ...one, outcome: 'wrong' as const, reason: 'wrong on qubits (0, 2, 3) at n = 4' } : one,
  )
  const changes = await planChanges({ ...input, measurement: { ...input.measurement, gates } })
  const content = (ending: string) =>
    changes.flatMap((one) => one.files).find((file) => file.path.endsWith(ending))?.content ?? ''
  expect(content('adapter.py')).not.toContain('FREDKIN')
  expect(content('driver.json')).not.toContain('FREDKIN')
  expect(content('README.md')).toContain('cswap:  wrong on qubits (0, 2, 3) at n = 4')
})

test('Clifford and T only: what cannot be written is refused, in adapter, README and tests', async () => {
  const clifford = ['h', 'x', 'cx', 't', 'tdg', 's', 'sdg']
  const gates = Object.fromEntries(Object.entries(gateObjects.gates).filter(([gate]) => clifford.includes(gate)))
  const driver = { ...gateObjects, gates }
  const changes = await planChanges(planInput(driver, 'toy'))
  const content = (ending: string) =>
    changes.flatMap((one) => one.files).find((file) => file.path.endsWith(ending))?.content ?? ''
  expect(content('adapter.py')).toContain('refused = ("rx", "ry", "rz", "p", "u3", "cp", "crz", "rzz")')
  expect(content('test_toy.py')).toContain('"h x y z s sdg t tdg sx cx cz swap iswap ccx cswap".split()')
  expect(content('README.md')).toContain('these gates do not suffice for them: `rx`, `ry`')
})

test('an isolated backend takes one circuit at a time, and has the rest', () => {
  const { source } = renderAdapter({
    ...{ backend: 'toy', driver: beyond, conventions: { ...DOUBLE, max_density_qubits: 10 } },
    ...{ matrixQubits: 2, refused: [], limits: [], isolated: true },
  })
  expect(source).toContain('noise = ("density",)')
  expect(source).not.toContain('batch')
})

test('imported names are in the order of ruff: constants, classes, functions', () => {
  const gate = (name: string) => ({
    apply: { call: { ref: `qulacs.gate:${name}` }, args: [{ role: 'q0' as const }] },
    effect: 'augment' as const,
  })
  const gates = { h: gate('hadamard'), x: gate('FLIP'), s: gate('SGate') }
  const { source } = renderAdapter({
    ...{ backend: 'toy', driver: { ...angleFirst, gates }, conventions: DOUBLE },
    ...{ matrixQubits: 0, refused: [], limits: [] },
  })
  expect(source).toContain('from qulacs.gate import FLIP, SGate, hadamard')
})

test('what the bridge cannot hand on is not offered', () => {
  const turned = { ...beyond, density: beyond.density && { ...beyond.density, order: 'little' as const } }
  const { source } = renderAdapter({
    ...{ backend: 'toy', driver: turned, conventions: DOUBLE, matrixQubits: 2, refused: [], limits: [] },
  })
  expect(source).not.toMatch(/noise|density|depolarize/)
})

test('two measurements that differ in how long they took give the same files', async () => {
  const input = planInput(gateObjects, 'toy')
  const slower = {
    ...input.measurement,
    gates: input.measurement.gates.map((one) => ({ ...one, error: 4.4e-16 })),
    tried: { objects: 4, runs: 15, evaluations: 512, seconds: 61.7, ran_out: true },
    seen: ['raised OutOfTime: it took too long'],
  }
  expect(await planChanges({ ...input, measurement: slower })).toEqual(await planChanges(input))
})

test('a deviation that was counted is drawn at random and stands nowhere', async () => {
  const { state: _, ...counted } = gateObjects
  const input = planInput(
    { ...counted, counts: { run: [], root: 'circuit', path: [], kind: 'counts', order: 'big' } },
    'toy',
  )
  const other = input.measurement.gates.map((one) => ({ ...one, error: Math.random() / 20 }))
  expect(await planChanges({ ...input, measurement: { ...input.measurement, gates: other } })).toEqual(
    await planChanges(input),
  )
})

test('nothing measured, nothing generated', async () => {
  const input = planInput(gateObjects, 'toy')
  const { driver: _, ...measurement } = input.measurement
  await expect(planChanges({ ...input, measurement })).rejects.toThrow(/No driver was measured/)
})
