import { expect, test } from 'vitest'
import { foreseenRequirements, missedRequirements } from '../../src/driver/undeclared.ts'
import { MODULE_OF_DISTRIBUTION, requirementFor } from '../../src/values/import-names.ts'
import type { Measurement } from '../../src/values/measurement.ts'
import type { Profile } from '../../src/values/profile.ts'

const profile = (...modules: [string, number][]) =>
  ({ undeclared: modules.map(([value, confidence]) => ({ value, confidence, evidence: [] })) }) as unknown as Profile
const measurement = (stage: Measurement['stage'], ...missing: string[]) =>
  ({ stage, missing_modules: missing }) as unknown as Measurement

test('what is known well and reached by the import is installed, everything else is asked about', () => {
  const found = foreseenRequirements(
    profile(
      ['scipy', 0.95],
      ['PIL', 0.95],
      ['pkg_resources', 0.95],
      ['matplotlib', 0.4],
      ['requestz', 0.95],
      ['torch', 0.95],
    ),
  )
  expect(found).toEqual(['scipy', 'pillow', 'setuptools<81'])
})

test('what the import was found to miss is installed once', () => {
  expect(missedRequirements(measurement('import', 'scipy.linalg', 'yaml'), [])).toEqual(['scipy', 'pyyaml'])
  expect(missedRequirements(measurement('import', 'scipy', 'yaml'), ['scipy'])).toEqual(['pyyaml'])
  expect(missedRequirements(measurement('import', 'scipy'), ['scipy'])).toEqual([])
  expect(missedRequirements(measurement('import', 'scipy', 'stranger'), [])).toEqual([])
  expect(missedRequirements(measurement('object', 'scipy'), [])).toEqual([])
})

test('names that no distribution can have are no requirements', () => {
  expect(requirementFor('a_b.c')).toBe('a-b')
  for (const module of ['', '_private', '1x', 'a;b', 'x'.repeat(200)]) expect(requirementFor(module)).toBeUndefined()
  expect(MODULE_OF_DISTRIBUTION.get('pillow')).toBe('pil')
  expect(MODULE_OF_DISTRIBUTION.get('setuptools')).toBe('pkg_resources')
})
