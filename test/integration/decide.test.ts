import { describe, expect, it } from 'vitest'
import { decide, type Step } from '../../src/integration/decide.ts'
import type { Thread } from '../../src/integration/thread.ts'
import { judgeMeasurement, judgeReport } from '../../src/integration/verdict.ts'
import type { Pending } from '../../src/simulator/runner.ts'
import type { Measurement } from '../../src/values/measurement.ts'
import type { Change, Target } from '../../src/values/plan.ts'
import type { Profile } from '../../src/values/profile.ts'
import type { Report } from '../../src/values/report.ts'
import type { Snapshot } from '../../src/values/snapshot.ts'

const target: Target = {
  backendsPath: 'src/proxima/backends',
  backendsModule: 'proxima.backends',
  testsPath: 'tests/backends',
  takenNames: ['cirq'],
  hasBridge: false,
  hasDiscovery: false,
  hasConfiguration: false,
  requirements: [],
  requiresPython: '>=3.11',
}

const measured: Measurement = {
  schema: 1,
  probe: '1',
  python: '3.11',
  distribution: 'any',
  version: '1.0.0',
  stage: 'measured',
  driver: {
    schema: 1,
    distribution: 'any',
    version: '1.0.0',
    imports: ['any'],
    setup: [],
    gates: {},
  },
  gates: (['x', 'h', 'cx', 't'] as const).map((gate) => ({ gate, outcome: 'right' as const })),
  tried: { objects: 1, runs: 1, evaluations: 1, seconds: 1, ran_out: false },
  missing_modules: [],
  log: [],
  seen: [],
  limits: [],
}

const change = (id: string): Change => ({
  id,
  kind: 'adapter',
  title: id,
  why: id,
  files: [{ path: `${id}.py`, content: '', why: id }],
  depends: [],
})

const report = (over: Partial<Report>): Report => ({
  schema: 1,
  backend: 'any',
  commit: 'a'.repeat(40),
  tree: 'b'.repeat(40),
  passed: 3,
  failed: 0,
  skipped: 0,
  seconds: 1,
  tests: [],
  containment: 'bwrap',
  ...over,
})

/** Threads that know one more thing each, in the order of the pipeline. */
function threads(dryRun = false): Thread[] {
  const facts: Partial<Thread>[] = [
    {},
    { snapshot: {} as Snapshot },
    { backend: { name: 'any', displayName: 'Any', description: '', author: '', version: '1.0.0' } },
    { profile: {} as Profile },
    { prepared: { ok: true, lock: { requirements: '', pins: new Map() } } },
    { measurement: measured, judgement: judgeMeasurement(measured) },
    { changes: [change('c1'), change('c2')] },
    {
      branch: {
        name: 'graft/any',
        head: 'c',
        committed: [
          { id: 'c1', commit: 'b', tree: 't' },
          { id: 'c2', commit: 'c', tree: 'u' },
        ],
      },
    },
    { report: report({}) },
  ]
  let thread: Thread = { request: { locator: 'any', choices: {}, dryRun }, base: 'a', target }
  return facts.map((fact) => {
    thread = { ...thread, ...fact }
    return thread
  })
}

const types = (list: Thread[]): Step['type'][] => list.map((thread) => decide(thread).type)

describe('decide', () => {
  it('walks from the locator to the tested branch, one step per new fact', () => {
    expect(types(threads())).toEqual([
      'fetch',
      'name',
      'analyse',
      'prepare',
      'measure',
      'plan',
      'publish',
      'test',
      'finish',
    ])
  })

  it('ends a dry run with the plan, before any branch', () => {
    expect(types(threads(true)).slice(6)).toEqual(['finish', 'finish', 'finish'])
    expect(decide(threads(true)[6] as Thread)).toMatchObject({ keepBranch: false })
  })

  it('waits wherever a job runs elsewhere, and for nothing else', () => {
    const pending: Pending = { pending: true, steps: [], since: '2026-01-01T00:00:00Z' }
    for (const thread of threads()) expect(decide({ ...thread, pending })).toEqual({ type: 'wait', pending })
  })

  it('never opens a branch for a package that is declined after reading', () => {
    const thread = { ...(threads()[3] as Thread), decline: 'It is a web client.' }
    expect(decide(thread)).toEqual({
      type: 'finish',
      judgement: { verdict: 'declined', reason: 'It is a web client.', limits: [] },
      keepBranch: false,
    })
  })

  it('asks when a build would be needed and declines when the pins conflict', () => {
    const before = threads()[3] as Thread
    const failed = (reason: 'no_wheel' | 'conflict'): Thread => ({
      ...before,
      prepared: { ok: false, reason, message: 'why' },
    })
    expect(decide(failed('no_wheel'))).toMatchObject({ judgement: { verdict: 'needs_answer', reason: 'why' } })
    expect(decide(failed('conflict'))).toMatchObject({ judgement: { verdict: 'declined', reason: 'why' } })
  })

  it('takes the branch back when the own tests of the backend are red or absent', () => {
    const last = threads().at(-1) as Thread
    const red = report({
      passed: 2,
      failed: 1,
      tests: [{ category: 'compatibility', name: 'test_unitary[rx]', outcome: 'failed', seconds: 0, message: 'sign' }],
    })
    expect(decide({ ...last, report: red })).toMatchObject({
      keepBranch: false,
      judgement: { verdict: 'failed', reason: expect.stringContaining('test_unitary[rx]') },
    })
    expect(decide({ ...last, report: report({ passed: 0 }) })).toMatchObject({
      keepBranch: false,
      judgement: { verdict: 'failed' },
    })
  })
})

describe('judgeMeasurement', () => {
  it('integrates from x, h, cx and one non-Clifford gate on', () => {
    expect(judgeMeasurement(measured).verdict).toBe('integrated')
    expect(judgeMeasurement({ ...measured, limits: ['single precision'] })).toMatchObject({
      verdict: 'integrated_with_limits',
      limits: ['single precision'],
    })
  })

  it('declines a Clifford-only simulator with the reason', () => {
    const clifford = { ...measured, gates: measured.gates.filter((gate) => gate.gate !== 't') }
    expect(judgeMeasurement(clifford)).toMatchObject({
      verdict: 'declined',
      reason: expect.stringContaining('Clifford'),
    })
  })

  it('declines a simulator of real amplitudes only, and not one that has a single phase', () => {
    const phases = ['s', 'sdg', 't', 'tdg', 'sx', 'rx', 'rz', 'p', 'u3', 'iswap', 'cp', 'crz', 'rzz']
    const gates = measured.gates.map((one) => (one.gate === 't' ? { ...one, gate: 'ccx' as const } : one))
    expect(judgeMeasurement({ ...measured, gates }, { refused: phases })).toMatchObject({
      verdict: 'declined',
      reason: expect.stringContaining('real amplitudes'),
    })
    const withT = judgeMeasurement(measured, { refused: phases.filter((gate) => !/^(s|t)(dg)?$/.test(gate)) })
    expect(withT.verdict).toBe('integrated_with_limits')
  })

  it.each(['x', 'h', 'cx'])('asks a question when %s is not among the right gates', (gate) => {
    const gates = measured.gates.map((one) => (one.gate === gate ? { ...one, outcome: 'wrong' as const } : one))
    expect(judgeMeasurement({ ...measured, gates }).verdict).toBe('needs_answer')
  })

  it('is asked about where what was measured can be written for no circuit', () => {
    const judged = judgeMeasurement(measured, { refused: ['cx', 'ccx'] })
    expect(judged.verdict).toBe('needs_answer')
    expect(judged.reason).toContain('Show one line for CNOT from qubit 0 to qubit 1.')
  })

  it('names the gates that cannot be run as a limit', () => {
    const judged = judgeMeasurement({ ...measured, limits: ['no seed'] }, { refused: ['rx', 'ccx'] })
    expect(judged.verdict).toBe('integrated_with_limits')
    expect(judged.limits).toEqual([expect.stringMatching(/rx, ccx/), 'no seed'])
  })

  it('asks a question for every stage before the last', () => {
    for (const stage of ['import', 'object', 'x', 'read', 'gates'] as const) {
      const { driver: _, ...rest } = measured
      expect(judgeMeasurement({ ...rest, stage })).toMatchObject({ verdict: 'needs_answer' })
    }
  })
})

describe('judgeReport', () => {
  it('keeps the limits and counts what did not apply', () => {
    const judged = judgeReport(
      { verdict: 'integrated_with_limits', reason: 'Measured.', limits: ['no seed'] },
      report({ passed: 40, skipped: 2 }),
    )
    expect(judged).toEqual({
      verdict: 'integrated_with_limits',
      reason: 'Measured. The backend passes its own 40 tests (2 do not apply).',
      limits: ['no seed'],
    })
  })
})
