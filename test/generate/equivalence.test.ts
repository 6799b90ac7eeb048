import { expect, test } from 'vitest'
import { matrixQubits } from '../../src/generate/driver-file.ts'
import { renderAdapter } from '../../src/generate/render/adapter.ts'
import { formatPython } from '../../src/generate/ruff.ts'
import type { Driver } from '../../src/values/driver.ts'
import { type READ_KINDS, driver as schema } from '../../src/values/driver.ts'
import { GATES } from '../../src/values/gates.ts'
import { DOUBLE } from './drivers.ts'
import { FAMILIES } from './families.ts'
import { templatesDir } from './inputs.ts'
import { runPython } from './python.ts'

interface Observed {
  readonly result: string
  readonly calls: string[]
}

/** Method of the adapter for each kind of reading. A unitary's first column is taken by the bridge: see `readings.test.ts`. */
const METHODS: Record<(typeof READ_KINDS)[number], string> = {
  state: 'state',
  unitary: 'state',
  density: 'density',
  probabilities: 'probabilities',
  counts: 'sample',
  samples: 'sample',
}

/** Every gate of the driver twice, on other qubits and angles each time. */
function operations(driver: Driver): [string, number[], number[]][] {
  const names = Object.keys(driver.gates) as (keyof typeof GATES | 'matrix')[]
  return [0, 1].flatMap((turn) =>
    names.map((gate, index): [string, number[], number[]] => {
      const shape = gate === 'matrix' ? { qubits: 2, parameters: [] } : GATES[gate]
      const qubits = Array.from({ length: shape.qubits }, (_, at) => (index + turn + 3 * at) % 4)
      return [gate, qubits, shape.parameters.map((_, at) => 0.25 + index + at / 8)]
    }),
  )
}

test('a rendered adapter does what the interpreter does with its driver', { timeout: 120_000 }, () => {
  const cases = Object.entries(FAMILIES).flatMap(([family, value]) => {
    const driver = schema.parse(value)
    const conventions = { ...DOUBLE, counts: 'samples' as const }
    const rendered = renderAdapter({
      backend: 'toy',
      driver,
      conventions,
      refused: [],
      limits: [],
      matrixQubits: matrixQubits(driver),
    })
    const adapter = formatPython(rendered.source, family)
    const common = { family, driver, adapter, operations: operations(driver), n: 4 }
    return (['state', 'counts'] as const).flatMap((reading) => {
      const kind = driver[reading]?.kind
      return kind === undefined ? [] : [{ ...common, reading, method: METHODS[kind] }]
    })
  })
  const answers = runPython<{ interpreted: Observed; rendered: Observed }[]>('equivalence.py', {
    templates: templatesDir,
    cases,
  })
  const pair = (side: 'interpreted' | 'rendered') =>
    cases.map(({ family, method }, index) => ({ family, method, ...answers[index]?.[side] }))
  expect(pair('rendered')).toEqual(pair('interpreted'))
  // What is compared is there: each run applied its gates.
  for (const answer of answers)
    expect(answer.interpreted.calls.length + answer.interpreted.result.length).toBeGreaterThan(4)
})
