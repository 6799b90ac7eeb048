/** A test report is untrusted text. */
import { describe, expect, test } from 'vitest'
import { parseJunit } from '../../src/simulator/junit.ts'
import { testOutcome } from '../../src/values/report.ts'

const suite = (cases: string) =>
  `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="0">${cases}</testsuite></testsuites>`
const one = (inner: string, attributes = 'classname="tests.backends.test_sim.TestUnit" name="test_x" time="0.25"') =>
  suite(`<testcase ${attributes}>${inner}</testcase>`)

describe('parseJunit', () => {
  test('passed, failed, error, skipped', () => {
    const cases = [
      '<testcase classname="t.TestUnit" name="a" time="0.5" />',
      '<testcase classname="t.TestCompatibility" name="b[cx]" time="1"><failure message="assert 1 == 2">where it was\nassert 1 == 2</failure></testcase>',
      '<testcase classname="t.TestIntegration" name="c" time="1"><error message="fixture">trace</error></testcase>',
      '<testcase classname="t.TestPerformance" name="d" time="1"><skipped type="pytest.skip" message="no density matrix">f.py:3: no density matrix</skipped></testcase>',
    ]
    expect(parseJunit(suite(cases.join('')))).toEqual([
      { category: 'unit', name: 'a', outcome: 'passed', seconds: 0.5 },
      {
        category: 'compatibility',
        name: 'b[cx]',
        outcome: 'failed',
        seconds: 1,
        message: 'where it was\nassert 1 == 2',
      },
      { category: 'integration', name: 'c', outcome: 'error', seconds: 1, message: 'fixture\ntrace' },
      { category: 'performance', name: 'd', outcome: 'skipped', seconds: 1, message: 'no density matrix' },
    ])
  })

  test('the category comes from the class before the module, and from a property before both', () => {
    const attributes = 'classname="tests.test_performance_sim.TestUnit" name="test_x" time="1"'
    expect(parseJunit(one('', attributes))[0]?.category).toBe('unit')
    const properties = '<properties><property name="category" value="integration"/></properties>'
    expect(parseJunit(one(properties, attributes))[0]?.category).toBe('integration')
    expect(parseJunit(one('', 'classname="" name="test_x"'))[0]?.category).toBe('unit')
  })

  test('no test, one test', () => {
    expect(parseJunit(suite(''))).toEqual([])
    expect(parseJunit(one(''))).toHaveLength(1)
  })

  test('text that acts on terminals is neutralised, long text is cut, everything fits the report', () => {
    const evil = `&#27;[31m${'x'.repeat(10_000)}the end`
    const [found] = parseJunit(
      one(`<failure message="m">${evil}</failure>`, `classname="c" name="${'n'.repeat(999)}" time="NaN"`),
    )
    expect(found?.message).toMatch(/^…x+the end$/)
    expect(found?.seconds).toBe(0)
    expect(testOutcome.safeParse(found).success).toBe(true)
  })

  test('thousands of escaped characters are no attack', () => {
    const [found] = parseJunit(one(`<failure message="m">${'&lt;&amp;'.repeat(50_000)}</failure>`))
    expect(found?.message).toHaveLength(4000)
  })

  test('more tests than a report holds', () => {
    expect(parseJunit(suite('<testcase classname="c" name="n" time="0"/>'.repeat(3000)))).toHaveLength(2000)
  })

  test.each([
    ['entities', `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><testsuites>&a;</testsuites>`],
    ['an external entity', `<!DOCTYPE x SYSTEM "file:///etc/passwd"><testsuites/>`],
    ['no XML', 'Segmentation fault'],
    ['half of one', suite('').slice(0, -20)],
    ['another document', '<html></html>'],
    ['nothing', ''],
  ])('%s is refused', (_, text) => {
    expect(() => parseJunit(text)).toThrow()
  })

  test('names of objects are only names', () => {
    const [found] = parseJunit(one('', 'classname="__proto__.constructor" name="__proto__" time="1"'))
    expect(found).toMatchObject({ name: '__proto__', outcome: 'passed' })
  })
})
