import { expect, test } from 'vitest'
import { environmentLimits } from '../../src/integration/environment-limits.ts'
import { makeTarget } from '../simulator/support.ts'

const sim = { normalizedName: 'sim', version: '1.0' }
const lock = { requirements: '', pins: new Map<string, string>() }

test('an ordinary environment is no limit', () => {
  expect(environmentLimits(lock, sim, 'sim', makeTarget())).toEqual([])
})

test('what is out of the ordinary is said, each in one clause', () => {
  const conflicts = [{ name: 'sim', package: '==1.0', target: '2.0 (indirectly)' }]
  const said = environmentLimits(
    {
      ...lock,
      isolated: { python: '3.11', conflicts },
      built: { names: ['sim'], constraints: ['numpy<2'] },
      undeclared: ['scipy', 'pillow'],
    },
    { ...sim, newerWithoutWheel: '1.1' },
    'my_sim',
    makeTarget(),
    'Some EULA',
  )
  expect(said).toEqual([
    'its licence (Some EULA) has terms of its own for who may use it and what for: read it first',
    'version 1.0 is not the newest: 1.1 has no wheel and was not to be built',
    'isolated, as it cannot be installed beside the target (it is sim 1.0, the target needs sim 2.0 (indirectly)): it runs in an environment of its own, made by `python -m proxima.backends._bridge.isolate my_sim`',
    'built from source, as there is no wheel: sim (with numpy<2)',
    'it needs scipy, pillow without declaring it: installed and locked with it',
  ])
})
