/** Reads the XML that a test run wrote. The simulator ran in the same process, so it is untrusted text. */
import { XMLParser } from 'fast-xml-parser'
import { z } from 'zod'
import type { Report } from '../values/report.ts'
import { printable } from './hostile-file.ts'

export type TestOutcome = Report['tests'][number]

const CATEGORIES = ['unit', 'integration', 'performance', 'compatibility'] as const
const MAX_TESTS = 2000
const MAX_MESSAGE = 4000

const attribute = z.union([z.string(), z.number()]).transform(String)
const problem = z.union([
  z.string(),
  z.object({
    '@message': attribute.optional(),
    '#text': z.union([z.string(), z.number()]).transform(String).optional(),
  }),
])
/** An element that may be absent, single or repeated. */
const some = <T extends z.ZodType>(item: T) => z.union([z.array(item), item.transform((one) => [one])]).optional()
const testcase = z.object({
  '@classname': attribute.optional(),
  '@name': attribute,
  '@time': attribute.optional(),
  properties: z
    .object({ property: some(z.object({ '@name': attribute, '@value': attribute.optional() })) })
    .or(z.literal(''))
    .optional(),
  failure: some(problem),
  error: some(problem),
  skipped: some(problem),
})
const document = z.object({
  testsuites: z.object({
    testsuite: some(z.object({ testcase: some(testcase) }).or(z.literal('').transform(() => ({ testcase: [] })))),
  }),
})

/**
 * The tests of a JUnit XML document (the `xunit2` family that pytest writes).
 *
 * The category is the test's property `category`, else the word among unit, integration, performance and compatibility that
 * its class, name or module contains, else `unit`.
 *
 * @throws Error when the text is no such document; entities are not declared in one, so a declaration is refused.
 */
export function parseJunit(xml: string): TestOutcome[] {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml)) throw new Error('the report declares entities')
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    // Only the five of XML itself are left to expand; a traceback may hold thousands.
    processEntities: { enabled: true, maxTotalExpansions: Infinity, maxExpandedLength: Infinity },
  })
  const { testsuites } = document.parse(parser.parse(xml, true))
  const cases = (testsuites.testsuite ?? []).flatMap((suite) => suite.testcase ?? [])
  // A test that fails and whose tear-down fails too is written twice.
  return cases.slice(0, MAX_TESTS).map(outcomeOf)
}

function outcomeOf(found: z.infer<typeof testcase>): TestOutcome {
  const { failure, error, skipped } = found
  const outcome = error ? 'error' : failure ? 'failed' : skipped ? 'skipped' : 'passed'
  const reasons = (skipped ?? []).map((one) =>
    typeof one === 'string' ? one : (one['@message'] ?? one['#text'] ?? ''),
  )
  const message = [...[...(error ?? []), ...(failure ?? [])].map(messageOf), ...reasons].filter(Boolean).join('\n')
  const properties = found.properties === '' ? [] : (found.properties?.property ?? [])
  const category = properties.find((property) => property['@name'] === 'category')?.['@value']
  const seconds = Number(found['@time'])
  return {
    category: printable(category ?? categoryOf(found['@classname'] ?? '', found['@name']), 40),
    name: printable(found['@name'], 200) || 'unnamed',
    outcome,
    seconds: Number.isFinite(seconds) && seconds >= 0 ? seconds : 0,
    ...(message === '' ? {} : { message: shorten(message) }),
  }
}

/** The class says it first, then the test, then the module, whose name holds the backend's. */
function categoryOf(classname: string, name: string): string {
  const places = [classname.split('.').at(-1) ?? '', name, classname].map((place) => place.toLowerCase())
  for (const place of places) {
    const found = CATEGORIES.find((category) => place.includes(category))
    if (found !== undefined) return found
  }
  return 'unit'
}

function messageOf(found: z.infer<typeof problem>): string {
  if (typeof found === 'string') return found
  const [head = '', body = ''] = [found['@message'], found['#text']]
  return body.includes(head) ? body : `${head}\n${body}`
}

/** Keeps lines, drops whatever could act on a terminal, and of a long text the end, where the comparison stands. */
export function shorten(text: string): string {
  const plain = text
    .split(/\r\n|[\r\n]/)
    .map((line) => line.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trimEnd())
    .join('\n')
    .trim()
  return plain.length > MAX_MESSAGE ? `…${plain.slice(1 - MAX_MESSAGE)}` : plain
}
