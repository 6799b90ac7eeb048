/** Which requirements may reach an installer, and in which spelling. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRequirement } from '../../src/simulator/requirements.ts'

describe('a requirement', () => {
  test.each([
    ['numpy', 'numpy'],
    ['cirq-core>=1.3.0', 'cirq-core>=1.3.0'],
    ['  qiskit >= 1.0 , != 1.1 ', 'qiskit>=1.0,!=1.1'],
    ['httpx[http2, brotli] ~= 0.25', 'httpx[http2,brotli]~=0.25'],
    ['scipy (>=1.8,<2)', 'scipy>=1.8,<2'],
    ['tomli; python_version < "3.11"', 'tomli ; python_version < "3.11"'],
    ['x==1.*', 'x==1.*'],
    ['x===1!2.0+local', 'x===1!2.0+local'],
  ])('%j is spelled %j', (line, text) => {
    expect(parseRequirement(line)?.text).toBe(text)
  })

  test.each([
    [''],
    ['-e .'],
    ['--pre'],
    ['numpy --pre'],
    ['numpy>=1 -r other.txt'],
    ['numpy @ file:///etc/passwd'],
    ['https://example.com/x.whl'],
    ['./numpy'],
    ['numpy>=1;\npython_version > "3"'],
    ['numpy\nscipy'],
    ['numpy>=1\u2028scipy'],
    ['numpy ; python_version > "3"\u0000'],
    ['n\u00fcmpy'],
    ['numpy>=$(id)'],
  ])('%j is none', (line) => {
    expect(parseRequirement(line)).toBeUndefined()
  })

  test('whatever is accepted is one line of printable ASCII that begins with a name', () => {
    const hostile = fc.array(
      fc.oneof(
        fc.constantFrom(
          'numpy',
          '[x]',
          '>=1',
          '==2',
          ';',
          '@',
          '-r',
          '\n',
          ' ',
          '#',
          '\\',
          'python_version',
          '"',
          '(',
          ')',
          ',',
        ),
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(hostile, (words) => {
        const text = parseRequirement(words.join(''))?.text
        if (text !== undefined) expect(text).toMatch(/^[A-Za-z0-9][\x20-\x7e]*$/)
      }),
      { numRuns: 2000 },
    )
  })
})
