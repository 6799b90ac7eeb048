import { expect, test } from 'vitest'
import { licenceTerms } from '../../src/analysis/licence.ts'

const terms = (...lines: string[]) =>
  licenceTerms(lines.map((text, index) => ({ text, evidence: [{ file: 'METADATA', line: index + 1 }] })))

test.each([
  'Classifier: Private :: Do Not Upload',
  'License: UNLICENSED',
  'License: All rights reserved.',
  'License: Proprietary and confidential',
  'License-Expression: LicenseRef-Acme-Confidential',
  'License: For internal use only',
])('forbids: %s', (line) => {
  expect(terms('Name: veloq', line)).toEqual({
    value: 'forbidden',
    evidence: [{ file: 'METADATA', line: 2 }],
    confidence: 1,
  })
})

test.each([
  'License-Expression: CC-BY-NC-4.0',
  'License-Expression: PolyForm-Noncommercial-1.0.0',
  'License-Expression: BUSL-1.1',
  'License: Free for academic use',
  'License: Acme EULA',
  'License: Proprietary',
  'Classifier: License :: Free for non-commercial use',
  'Classifier: License :: Other/Proprietary License',
])('restricts: %s', (line) => {
  expect(terms(line)?.value).toBe('restricted')
})

test.each([
  [['License: MIT']],
  [['License-Expression: Apache-2.0 OR GPL-3.0-only']],
  [['Classifier: License :: OSI Approved :: BSD License']],
  [['License: BSD, copyright by its authors, all rights reserved where the licence does not grant them']],
  [['Summary: Not for non-commercial use only', 'License: MIT']],
  [['Classifier: Intended Audience :: Science/Research', 'Classifier: Topic :: Education']],
])("is nobody's restriction: %j", (lines) => {
  expect(terms(...lines)).toBeUndefined()
})
