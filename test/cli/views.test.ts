import { describe, expect, test } from 'vitest'
import { exitOfError, exitOfVerdict } from '../../src/cli/exit.ts'
import { diffView } from '../../src/cli/views/diff-view.ts'
import { integrationJson, integrationView } from '../../src/cli/views/integration-view.ts'
import { planView } from '../../src/cli/views/plan-view.ts'
import { size, table } from '../../src/cli/views/text.ts'
import { BugError, ConfigurationError, TransientError, UserError } from '../../src/values/errors.ts'
import type { Verdict } from '../../src/values/plan.ts'
import { measurement, plan, result } from './fixtures.ts'
import { recorder } from './support.ts'

const out = recorder()
const here = { runnable: [], repository: { folder: '.', base: 'main' } }

describe('a plan', () => {
  const text = planView(plan, ['x', 'rx', 'rz', 'cx', 'h'], result.changes, out)

  test('begins with what becomes of it', () => {
    expect(text.split('\n')[0]).toBe('pkg:pypi/sample-sim@1.2.3 → backend sample: ✓ integrated, with limits')
  })

  test('names what a reviewer must know: signs, units, orders, wrong gates, limits', () => {
    expect(text).toContain('rx: the native angle turns the other way')
    expect(text).toContain('rz: angles in units of π')
    expect(text).toContain('cx: qubits in the order 1, 0')
    expect(text).toContain('t: is tdg')
    expect(text).toMatch(/native \(4\) +x rx rz cx\n/)
    expect(text).toMatch(/by bridge \(1\) +h\n/)
    expect(text).toMatch(/refused \(18\) +y z s/)
    expect(text).toContain('qubit 0 is the least significant bit')
    expect(text).toContain('no seed')
  })

  test('shows each change with its lines and why, and that nothing was written', () => {
    expect(text).toContain('c1  +120 −0  Add the adapter')
    expect(text).toContain('It calls the simulator.')
    expect(text).toContain('src/a/adapter.py and 1 more file')
    expect(text).toContain('Nothing was written.')
  })

  test('a plan that needs an answer shows what was tried', () => {
    const asked = planView({ ...plan, verdict: 'needs_answer', reason: 'Which call runs it?' }, [], [], out)
    expect(asked).toContain('Which call runs it?')
    expect(asked).toContain('made sample_sim:Circuit(n)')
    expect(asked).not.toContain('Nothing was written.')
  })

  test('a question stands on lines of its own, and of gates that were not measured nothing is said', () => {
    const nothing = { ...measurement, gates: [], stage: 'x' as const }
    const reason = 'Show one line that applies X to qubit 0.\nTried: 1 object.\n- made sample_sim:Circuit(n)'
    const asked = planView({ ...plan, verdict: 'needs_answer', reason, measurement: nothing }, [], [], out)
    expect(asked).toContain('\n  Show one line that applies X to qubit 0.\n  Tried: 1 object.\n')
    expect(asked.match(/made sample_sim/g)).toHaveLength(1)
    expect(asked).not.toContain('Gates, measured')
    expect(asked).not.toContain('differs')
  })
})

describe('an integration', () => {
  test('shows tests by category, failures with their message, and skips with their reason', () => {
    const text = integrationView(result, here, out)
    expect(text).toContain('✗ 2 passed, 1 failed, 1 skipped')
    expect(text).toContain('by category      unit 2/3\n')
    expect(text).toContain('rz turns the other way')
    expect(text).toContain('test_big: only 10 qubits')
  })

  test('says how to look, take and undo, with a folder that the shell reads back', () => {
    const text = integrationView(result, { runnable: [], repository: { folder: "my 'repo", base: 'trunk' } }, out)
    expect(text).toContain("git -C 'my '\\''repo' diff trunk...graft/sample")
    expect(text).toContain("git -C 'my '\\''repo' branch -D graft/sample")
  })

  test('without a branch it says that nothing was kept', () => {
    const { branch: _, ...refused } = result
    const text = integrationView({ ...refused, verdict: 'declined', changes: [] }, here, out)
    expect(text).toContain('Nothing was kept: no branch, no file.')
    expect(text).not.toContain('git diff')
  })

  test('its JSON has verdict, reason, backend, branch, changes and report, and no file contents', () => {
    expect(Object.keys(integrationJson(result)).sort()).toEqual(
      ['backend', 'branch', 'changes', 'limits', 'reason', 'report', 'schema', 'verdict'].sort(),
    )
  })

  test('foreign text cannot draw on the terminal', () => {
    const evil = { ...result, reason: 'a\u001b]0;b\u0007c' }
    const text = integrationView(evil, here, out)
    expect([...text].filter((character) => character !== '\n' && character < ' ')).toEqual([])
  })
})

test.each<[Verdict, number]>([
  ['integrated', 0],
  ['integrated_with_limits', 0],
  ['needs_answer', 1],
  ['declined', 2],
  ['failed', 3],
])('verdict %s exits with %i', (verdict, code) => {
  expect(exitOfVerdict(verdict)).toBe(code)
})

test.each([
  [new UserError('a'), 1],
  [new ConfigurationError('a'), 1],
  [new TransientError('a'), 1],
  [new BugError('a'), 3],
  [new TypeError('a'), 3],
])('%s exits with %i', (error, code) => {
  expect(exitOfError(error)).toBe(code)
})

test('a diff keeps its indentation and loses what a terminal would obey', () => {
  const shown = diffView('diff --git a/x b/x\nindex 1..2 100644\n@@ -1 +1 @@\n+    return 1\u001b[2J\n-\tx\n', out)
  expect(shown).toBe('diff --git a/x b/x\n@@ -1 +1 @@\n+    return 1 [2J\n-\tx\n')
})

test('sizes and tables are for people', () => {
  expect([0, 999, 1_000, 1_234_567, 250e6].map(size)).toEqual(['0 B', '999 B', '1.0 kB', '1.2 MB', '250 MB'])
  expect(
    table(
      [
        ['a', 'bbb'],
        ['aaa', 'b'],
      ],
      out,
    ),
  ).toBe('  a    bbb\n  aaa  b\n')
})
