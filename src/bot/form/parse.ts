/** The filled-in issue form as a checked request, or all that is wrong with it at once. */
import { nameProblem } from '../../generate/names.ts'
import {
  clashOf,
  parseConventions,
  parseDriver,
  parseExcluded,
  parseGateTable,
  parseHint,
  parseRequirements,
  type Said,
} from '../../integration/said.ts'
import { formatLocator, type Locator, parseLocator } from '../../source/locator.ts'
import { UserError } from '../../values/errors.ts'
import {
  type IssueRequest,
  issueRequest,
  type RequestProblem,
  SIMULATOR_TYPES,
  TEST_CIRCUITS,
} from '../../values/issue-request.ts'
import { CODE_TEMPLATES, GATE_MAPPINGS } from '../../values/overrides.ts'
import type { BackendOptions } from '../../values/plan.ts'
import { isTooDeep } from '../nesting.ts'
import { FORM_LABELS, type FormField } from './fields.ts'
import { readSections, type Section } from './sections.ts'

export type ParsedRequest = { readonly request: IssueRequest } | { readonly problems: readonly RequestProblem[] }

/** Longer texts are no filled-in form: its fields take some 3,000 characters, a driver by hand ten times as many. */
const MAX_LENGTH = 40_000
const PACKAGE =
  'the name of a package on the Python index, NAME==VERSION, `pkg:pypi/NAME@VERSION`, a public repository (`pkg:github/OWNER/NAME@REF`, `git+https://HOST/OWNER/NAME@REF`) or a folder of this one (`./path`)'

/** Fields that other people's forms are unlikely to have. */
const DISTINCTIVE: readonly FormField[] = [
  ...(['simulatorTypes', 'maxQubits', 'batching', 'gateMapping', 'codeTemplate', 'testCircuit', 'shots'] as const),
]

/**
 * Reads the body of an issue that the form made. Undefined for a body that is none. `labelled` says that the issue carries
 * Graft's label: then a source and one other field suffice, as people delete what they do not fill in; without it (GitHub leaves
 * a label out that the repository does not have) the body must look like this form and no other. `takenNames` are the target's.
 */
export function parseIssueForm(
  body: string,
  { labelled, takenNames = [] }: { readonly labelled: boolean; readonly takenNames?: readonly string[] },
): ParsedRequest | undefined {
  if (body.length > MAX_LENGTH) {
    if (!(labelled ? /^#{1,6} Source\s*$/m : /^#{1,6} Gate mapping\s*$/m).test(body)) return undefined
    return { problems: [{ field: 'issue', expected: `at most ${MAX_LENGTH.toLocaleString('en')} characters` }] }
  }
  if (isTooDeep(body)) {
    if (!labelled) return undefined
    return { problems: [{ field: 'issue', expected: 'quotes and lists that are not nested so deeply' }] }
  }
  const sections = readSections(body)
  const fields = new Set(sections.map(({ field }) => field))
  const looksLikeIt = labelled ? fields.size > 1 : DISTINCTIVE.filter((field) => fields.has(field)).length > 2
  return fields.has('source') && looksLikeIt ? readFields(sections, takenNames) : undefined
}

/** Reads what names a package: canonical package URL, or what was expected instead. */
export function readSource(text: string): { source: string } | { expected: string } {
  if (text === '') return { expected: PACKAGE }
  let locator: Locator
  try {
    locator = parseLocator(text)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { expected: PACKAGE }
  }
  if (locator.kind === 'package' || locator.kind === 'git') return { source: formatLocator(locator) }
  if (locator.kind === 'directory') {
    return /^\.(?:\/(?!\.{1,2}(?:\/|$))[\w~+.-]+)+\/?$/.test(locator.path)
      ? { source: locator.path }
      : { expected: PACKAGE }
  }
  return { expected: `${PACKAGE}; ${KINDS[locator.kind]} cannot be read yet` }
}

const KINDS: Readonly<Record<Exclude<Locator['kind'], 'package' | 'git' | 'directory'>, string>> = {
  purl: 'package URLs of other types are understood, but those packages',
  url: 'web addresses are understood, but what is there',
  openapi: 'OpenAPI descriptions are understood, but services',
  grpc: 'gRPC addresses are understood, but services',
  command: 'commands are understood, but programs',
}

/** Collects values and problems of all fields: a person corrects them in one go. */
class Reader {
  readonly problems: RequestProblem[] = []
  readonly #sections = new Map<FormField, Section>()

  constructor(sections: readonly Section[]) {
    for (const section of sections) {
      if (this.#sections.has(section.field)) this.refuse(section.field, 'to stand there once only')
      else this.#sections.set(section.field, section)
    }
  }

  refuse(field: FormField, expected: string): undefined {
    this.problems.push({ field: FORM_LABELS[field], expected })
  }

  lines(field: FormField): string {
    return this.#sections.get(field)?.lines ?? ''
  }

  text(field: FormField): string {
    return this.#sections.get(field)?.text ?? ''
  }

  /** A text of at most so many characters; undefined where nothing was entered. */
  short(field: FormField, length: number): string | undefined {
    const text = this.text(field)
    if (text.length > length) return this.refuse(field, `at most ${length} characters`)
    return text === '' ? undefined : text
  }

  matching(field: FormField, pattern: RegExp, expected: string): string | undefined {
    const text = this.text(field)
    if (text === '') return undefined
    return pattern.test(text) ? text : this.refuse(field, expected)
  }

  whole(field: FormField, most: number): number | undefined {
    const text = this.text(field)
    if (text === '') return undefined
    const value = /^(\d{1,9}|\d{1,3}(,\d{3}){1,2})$/.test(text) ? Number(text.replaceAll(',', '')) : 0
    if (value >= 1 && value <= most) return value
    return this.refuse(field, `a whole number from 1 to ${most.toLocaleString('en')}`)
  }

  choice<T extends string>(field: FormField, choices: readonly T[]): T | undefined {
    const text = this.text(field).toLowerCase()
    // What GitHub writes for a list from which nothing was chosen.
    if (text === '' || text === 'none') return undefined
    return choices.find((choice) => choice === text) ?? this.refuse(field, `one of ${choices.join(', ')}`)
  }

  choices<T extends string>(field: FormField, choices: readonly T[]): T[] {
    const section = this.#sections.get(field)
    const items = section?.items ?? section?.text.split(',') ?? []
    const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '')
    const wanted = new Set(items.map(plain).filter((item) => item !== ''))
    const found = choices.filter((choice) => wanted.has(plain(choice)))
    if (found.length < wanted.size) this.refuse(field, `none or more of ${choices.join(', ')}`)
    return found
  }
}

function readFields(sections: readonly Section[], takenNames: readonly string[]): ParsedRequest {
  const reader = new Reader(sections)
  const source = readSource(reader.text('source'))
  if ('expected' in source) reader.refuse('source', source.expected)
  const name = reader.text('name')
  const wrongName = name === '' ? undefined : nameProblem(name, { takenNames })
  if (wrongName !== undefined) reader.refuse('name', `another name, as ${wrongName}`)
  const options: { [K in keyof BackendOptions]: string | undefined } = {
    name: name === '' ? undefined : name,
    displayName: reader.short('displayName', 80),
    version: reader.matching('version', /^\d{1,6}\.\d{1,6}\.\d{1,6}$/, 'three numbers, X.Y.Z (such as 1.0.0)'),
    description: reader.short('description', 300),
    author: reader.short('author', 100),
  }
  const yes = (field: FormField) => {
    const chosen = reader.choice(field, ['yes', 'no'])
    return chosen === undefined ? undefined : chosen === 'yes'
  }
  const request = defined({
    source: 'source' in source ? source.source : '',
    options: defined(options),
    simulatorTypes: reader.choices('simulatorTypes', SIMULATOR_TYPES),
    noise: yes('noise'),
    gpu: yes('gpu'),
    batching: yes('batching'),
    overrides: readOverrides(reader),
    testCircuit: reader.choice('testCircuit', TEST_CIRCUITS),
    shots: reader.whole('shots', 1_000_000),
  })
  return reader.problems.length > 0 ? { problems: reader.problems } : { request: issueRequest.parse(request) }
}

/** What is said about the simulator. Each field is checked by the reader that the command line uses, too. */
function readOverrides(reader: Reader): Record<string, unknown> {
  const read = <T>(field: FormField, value: Said<T>): T | undefined =>
    'problem' in value ? reader.refuse(field, value.problem) : value.value
  const given = <T>(field: FormField, parse: (text: string) => Said<T>): T | undefined => {
    const text = reader.lines(field)
    return text.trim() === '' ? undefined : read(field, parse(text))
  }
  const stated = {
    hints: given('hint', parseHint),
    with: given('with', parseRequirements),
    gateMapping: chosen(reader.choice('gateMapping', GATE_MAPPINGS), 'auto'),
    gates: given('gates', parseGateTable),
    exclude: given('exclude', parseExcluded),
    conventions: given('conventions', parseConventions),
    codeTemplate: chosen(reader.choice('codeTemplate', CODE_TEMPLATES), 'basic'),
    driver: given('driver', parseDriver),
    maxQubits: reader.whole('maxQubits', 64),
  }
  const clash = clashOf(defined(stated))
  if (clash !== undefined) reader.refuse(clash.about, clash.expected)
  return defined({ ...stated, hints: stated.hints === undefined ? undefined : [stated.hints] })
}

/** What a list shows when nobody chose anything says nothing. */
function chosen<T extends string>(choice: T | undefined, preset: T): T | undefined {
  return choice === preset ? undefined : choice
}

function defined(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
