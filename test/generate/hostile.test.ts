import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planChanges } from '../../src/generate/changeset.ts'
import { driverFile } from '../../src/generate/driver-file.ts'
import { renderAdapter } from '../../src/generate/render/adapter.ts'
import type { Driver, Expression } from '../../src/values/driver.ts'
import { attr, call, circuit, lit, n, p0, q0, ref } from './drivers.ts'
import { hostileText } from './hostile-text.ts'
import { measurementOf, options, planInput, snapshotOf } from './inputs.ts'
import { runPython } from './python.ts'

/** Every place of a driver where the schema allows free text, filled in. */
function methodsDriver(text: () => string): Driver {
  const apply = (native: Expression[]): Expression =>
    call(attr(circuit, 'add'), [lit(text()), ...native, { dict: [[lit(text()), lit(text())]] }], { label: lit(text()) })
  return {
    schema: 1,
    distribution: text(),
    version: text(),
    imports: ['toy'],
    setup: [{ var: 'circuit', value: call(ref('toy:Circuit'), [n, lit(text())]) }],
    gates: {
      h: { apply: apply([q0]), effect: 'inplace' },
      x: { apply: apply([q0, { format: [text(), n, text()] }]), effect: 'inplace' },
      rx: { apply: apply([p0, q0]), effect: 'inplace', scale: -1 },
    },
    handle: text().slice(0, 60),
    state: {
      run: [{ var: 'result', value: call(attr(circuit, 'run'), [lit(text())]) }],
      root: 'result',
      path: [{ item: text().slice(0, 100) }, { attr: 'get' }, { call: [lit(text())], kwargs: { key: lit(text()) } }],
      kind: 'state',
      order: 'big',
    },
  }
}

function textDriver(text: () => string): Driver {
  return {
    ...methodsDriver(text),
    setup: [],
    gates: {
      h: { apply: { format: [text(), q0, text()] }, effect: 'line' },
      x: { apply: { format: [text(), q0] }, effect: 'line' },
      rx: { apply: { format: [text(), p0, text(), q0] }, effect: 'line', scale: -1 },
    },
    text: {
      dialect: text().slice(0, 40),
      header: [[text()], [text(), n, text()], [text(), q0]],
      footer: [[text()]],
      separator: text().slice(0, 4),
    },
    state: {
      run: [{ var: 'result', value: call(ref('toy:run'), [{ role: 'text' }]) }],
      root: 'result',
      path: [],
      kind: 'state',
      order: 'big',
    },
  }
}

async function filesOf(make: (text: () => string) => Driver, text: () => string): Promise<Map<string, string>> {
  const driver = make(text)
  const short = (length: number) => text().slice(0, length)
  const measurement = {
    ...measurementOf(driver),
    probe: short(40),
    python: short(40),
    log: [text(), text()],
    limits: [text()],
    gates: [
      { gate: 'h' as const, outcome: 'right' as const, via: text(), error: 1e-16 },
      { gate: 'y' as const, outcome: 'wrong' as const, via: text(), reason: text() },
    ],
  }
  const changes = await planChanges(
    planInput(driver, 'toy', {
      options: options('toy', { displayName: short(80), description: short(300), author: short(100) }),
      snapshot: snapshotOf(driver, { distribution: text(), version: text(), summary: text(), licence: text() }),
      measurement,
    }),
  )
  return new Map(changes.flatMap((change) => change.files.map((file) => [file.path, file.content ?? ''])))
}

function source(seed: number): () => string {
  const texts = fc.sample(hostileText(), { numRuns: 60, seed })
  let next = 0
  return () => texts[next++ % texts.length] ?? 'x'
}

// Hundreds of files are rendered, formatted and linted.
describe('hostile text', { timeout: 120_000 }, () => {
  test('generated Python differs from a benign twin in literals only', async () => {
    const cases: { path: string; hostile: string; benign: string }[] = []
    for (const make of [methodsDriver, textDriver]) {
      const benign = await filesOf(make, () => 'benign')
      for (let seed = 1; seed <= 40; seed += 1) {
        const hostile = await filesOf(make, source(seed))
        expect([...hostile.keys()]).toEqual([...benign.keys()])
        for (const [path, content] of hostile) {
          if (path.endsWith('.py'))
            cases.push({ path: `${seed}:${path}`, hostile: content, benign: benign.get(path) ?? '' })
        }
      }
    }
    expect(cases.length).toBe(2 * 40 * 4)
    expect(runPython('skeletons.py', cases)).toEqual([])
    for (const { hostile } of cases) expect(hostile).toMatch(/^[\x20-\x7e\n]*$/)
  })

  test('driver.json is ASCII and reads back', async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const content = (await filesOf(methodsDriver, source(seed))).get('src/proxima/backends/toy/driver.json') ?? ''
      expect(content).toMatch(/^[\x20-\x7e\n]*$/)
      const expected = methodsDriver(source(seed))
      expect(driverFile.parse(JSON.parse(content)).driver).toEqual(expected)
    }
  })

  test('in the README it stands in fences only', async () => {
    const outside = (markdown: string) => {
      const kept: string[] = []
      let fence: string | undefined
      for (const line of markdown.split('\n')) {
        const mark = /^(`{3,})/.exec(line)?.[1]
        if (fence === undefined) kept.push(line)
        if (fence === undefined && mark !== undefined) fence = mark
        else if (fence !== undefined && line === fence) fence = undefined
      }
      return kept.join('\n').replace(/^`{3,}text$/gm, '```text')
    }
    const path = 'src/proxima/backends/toy/README.md'
    const benign = outside((await filesOf(methodsDriver, () => 'benign')).get(path) ?? '')
    expect(benign).toContain('## Measured conventions')
    for (let seed = 1; seed <= 40; seed += 1) {
      const readme = (await filesOf(methodsDriver, source(seed))).get(path) ?? ''
      expect(outside(readme)).toBe(benign)
      expect(readme).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u2028\u2029\r\0]/)
    }
  })

  test.each([
    ['a dunder', 'toy:__class__'],
    ['a dunder module', '__main__:x'],
    ['a keyword', 'toy:lambda.x'],
    ['a keyword module', 'toy.import:x'],
  ])('%s in a reference is never written', (_, reference) => {
    const driver = methodsDriver(() => 'x')
    const setup = [{ var: 'circuit', value: call(ref(reference), [n]) }]
    const input = {
      backend: 'toy',
      driver: { ...driver, setup },
      conventions: measurementOf(driver).conventions,
      refused: [],
    }
    expect(() => renderAdapter({ ...input, limits: [] } as never)).toThrow(/cannot be written in Python/)
  })
})
