import { expect, it } from 'vitest'
import { planChanges } from '../../src/generate/changeset.ts'
import { expectedChanges } from '../../src/integration/expected-changes.ts'
import { unmetWishes } from '../../src/integration/wishes.ts'
import { gateObjects } from '../generate/drivers.ts'
import { planInput, ready } from '../generate/inputs.ts'
import * as facts from './support/facts.ts'

it('the plan comment announces the changes that are made then', async () => {
  for (const target of [ready, { ...ready, hasBridge: false, hasConfiguration: false }]) {
    const made = await planChanges(planInput(gateObjects, 'toy', { target }))
    const said = expectedChanges(target, 'toy')
    expect(said.map(({ id, title }) => [id, title])).toEqual(made.map(({ id, title }) => [id, title]))
    for (const [index, { files }] of made.entries()) {
      const announced = said[index]?.files ?? []
      // A folder stands for what is in it.
      for (const { path } of files) {
        expect(announced.some((one) => path === one || (one.endsWith('/') && path.startsWith(one)))).toBe(true)
      }
    }
  }
})

it('names the wishes that were not measured, and only those', () => {
  const { request } = facts.asked.type === 'request' ? facts.asked : { request: undefined }
  if (request === undefined) throw new Error('no request')
  const conventions = { precision: 'double', counts: 'samples', seed: true, max_qubits: 12, density: false } as const
  const measured = { ...facts.measurement, conventions }
  expect(unmetWishes(request, measured)).toEqual([])
  expect(unmetWishes({ ...request, simulatorTypes: ['density matrix'], gpu: true }, measured)).toHaveLength(2)
})
