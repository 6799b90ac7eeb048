/** A driver that was made wrong after the measurement: the generated backend's own tests must see it and name the gate. */
import { describe, expect, test } from 'vitest'
import { readTarget } from '../../src/generate/target.ts'
import { decide } from '../../src/integration/decide.ts'
import { createServices } from '../../src/integration/services.ts'
import { perform } from '../../src/integration/steps.ts'
import type { Thread } from '../../src/integration/thread.ts'
import { openLocalRepository } from '../../src/repository/local.ts'
import type { Driver, GateDriver } from '../../src/values/driver.ts'
import type { GateName } from '../../src/values/gates.ts'
import type { Report } from '../../src/values/report.ts'
import { CACHE, makeTarget } from './support.ts'

/** Walks the integration as `graft integrate` does, with the measured driver changed before anything is rendered. */
async function integrateWrong(locator: string, spoil: (driver: Driver) => Driver): Promise<Report> {
  const repository = await openLocalRepository(makeTarget())
  const services = await createServices({ cacheDir: CACHE })
  const { commit: base } = await repository.base()
  let thread: Thread = {
    request: { locator, choices: { name: 'spoiled' }, dryRun: false },
    base,
    target: await readTarget(repository, base),
  }
  for (;;) {
    const step = decide(thread)
    if (step.type === 'finish') {
      expect(step.judgement.verdict).toBe('failed')
      expect(step.keepBranch).toBe(false)
      if (thread.report === undefined) throw new Error(`no test ran: ${step.judgement.reason}`)
      return thread.report
    }
    if (step.type === 'wait') throw new Error('the sandbox never answers later')
    thread = await perform(step, thread, repository, services)
    if (step.type === 'measure') {
      const driver = thread.measurement?.driver
      if (thread.measurement === undefined || driver === undefined) throw new Error('nothing was measured')
      thread = { ...thread, measurement: { ...thread.measurement, driver: spoil(driver) } }
    }
  }
}

/** Changes one gate of a driver. */
const gate =
  (name: GateName, change: (gate: GateDriver) => Partial<GateDriver>) =>
  (driver: Driver): Driver => {
    const before = driver.gates[name]
    if (before === undefined) throw new Error(`${name} is not native, so it cannot be spoiled`)
    return { ...driver, gates: { ...driver.gates, [name]: { ...before, ...change(before) } } }
  }

describe('a backend made from a wrong driver fails its own tests', () => {
  test.each([
    ['a reversed sign', 'rx', gate('rx', ({ scale = 1 }) => ({ scale: -scale }))],
    ['another unit', 'rz', gate('rz', ({ scale = 1 }) => ({ scale: scale / Math.PI }))],
    ['swapped qubits', 'cx', gate('cx', ({ qubits = [0, 1] }) => ({ qubits: [...qubits].reverse() }))],
  ] as const)('%s of %s', async (_, name, spoil) => {
    const report = await integrateWrong('qulacs', spoil)
    const told = report.tests.filter(({ outcome }) => outcome === 'failed').map((one) => `${one.name} ${one.message}`)
    expect(told.length).toBeGreaterThan(0)
    expect(told.join('\n')).toMatch(new RegExp(`(?<![a-z0-9])${name}(?![a-z0-9])`))
  })

  test('a reversed bit order of the state', async () => {
    const report = await integrateWrong('qulacs', (driver) => {
      if (driver.state === undefined) throw new Error('there is no state to reverse')
      const order = driver.state.order === 'little' ? 'big' : 'little'
      return { ...driver, state: { ...driver.state, order } }
    })
    const told = report.tests.filter(({ outcome }) => outcome === 'failed').map((one) => `${one.name} ${one.message}`)
    expect(told.join('\n')).toMatch(/(?<![a-z0-9])(x|h|cx)(?![a-z0-9])/)
  })
})
