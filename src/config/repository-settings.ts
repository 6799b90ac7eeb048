/** The target repository's own settings for Graft: `.github/graft.yml`. Written by people, so everything in it is checked. */
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import { z } from 'zod'
import { UserError } from '../values/errors.ts'

/** Where the settings stand, and beside them the schema that editors complete by. */
export const SETTINGS_PATH = '.github/graft.yml'
export const SETTINGS_SCHEMA_PATH = '.github/graft.schema.json'
const MAX_LENGTH = 20_000

/** An object with these keys only. Messages say what was expected; none of the file's own text goes into them. */
function section<T extends z.core.$ZodLooseShape>(shape: T) {
  const known = Object.keys(shape).join(', ')
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `a setting that exists (here: ${known})`
        : `"name: value" lines (here: ${known})`,
  })
}

const PER_DAY = 'a whole number from 1 to 100'
const REQUESTER = 'one of auto, always, never'

const settings = section({
  version: z
    .literal(1, { error: 'version: 1' })
    .meta({ description: 'Version of this format. There is one so far: 1.' }),
  requests: section({
    per_author_per_day: z.int({ error: PER_DAY }).min(1, PER_DAY).max(100, PER_DAY).default(3).meta({
      description:
        'How many requests of one person Graft works on in 24 hours. More wait for the /integrate of somebody with write permission. Default: 3.',
    }),
  })
    .prefault({})
    .meta({ description: 'Who may ask for how much.' }),
  approvals: section({
    requester_may_approve: z.enum(['auto', 'always', 'never'], { error: REQUESTER }).default('auto').meta({
      description:
        'Whether the person who asked for a backend may also approve its changes (with write permission). auto: only where nobody else has write permission. Default: auto.',
    }),
  })
    .prefault({})
    .meta({ description: 'Whose approval counts.' }),
})
export type RepositorySettings = z.infer<typeof settings>

/** What is wrong with the file: the line (from 1; absent where it is the file as a whole) and what was expected there. */
export interface SettingsProblem {
  readonly line?: number
  readonly expected: string
}

/** Reads the settings. The problem is the first one in the file; it holds none of the file's text. */
export function parseSettings(text: string): { settings: RepositorySettings } | { problem: SettingsProblem } {
  if (text.length > MAX_LENGTH) return { problem: { expected: `at most ${MAX_LENGTH} characters` } }
  const lines = new LineCounter()
  const lineAt = (offset: number) => lines.linePos(offset).line
  let document: Document
  try {
    document = parseDocument(text.replace(/^\uFEFF/, ''), { lineCounter: lines, schema: 'core', logLevel: 'error' })
  } catch {
    // Thousands of nested brackets exhaust the stack.
    return { problem: { expected: 'YAML that is not nested so deeply' } }
  }
  const [error] = document.errors
  if (error !== undefined) {
    const expected = error.code === 'DUPLICATE_KEY' ? 'each setting only once' : 'valid YAML'
    return { problem: { line: lineAt(error.pos[0]), expected } }
  }
  const alias = firstAlias(document)
  if (alias !== undefined) return { problem: { line: lineAt(alias), expected: 'YAML without aliases (*name)' } }
  const result = settings.safeParse(document.toJS({ maxAliasCount: 0 }))
  if (result.success) return { settings: result.data }
  const problems = result.error.issues.map((issue) => ({
    line: lineAt(offsetOf(document, issue)),
    expected: issue.message,
  }))
  problems.sort((a, b) => a.line - b.line)
  return { problem: problems[0] ?? { expected: 'version: 1' } }
}

/** The same for callers that cannot go on without settings. Raises UserError that names the line and what was expected. */
export function requireSettings(text: string): RepositorySettings {
  const result = parseSettings(text)
  if ('settings' in result) return result.settings
  const { line, expected } = result.problem
  const place = line === undefined ? '' : ` in line ${line}`
  throw new UserError(`${SETTINGS_PATH} cannot be used: expected${place} ${expected}. Correct it and commit it.`)
}

/** Text of the published JSON schema, `templates/github/graft.schema.json`. */
export function settingsSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(settings, { io: 'input' })
  return `${JSON.stringify({ $schema, title: 'Settings of Graft for a repository', ...schema }, undefined, 2)}\n`
}

function firstAlias(document: Document): number | undefined {
  let found: number | undefined
  visit(document, {
    Alias: (_, node) => {
      found = node.range?.[0] ?? 0
      return visit.BREAK
    },
  })
  return found
}

/** Where the issue's value stands; of an unknown setting its name, of a missing one the section that lacks it. */
function offsetOf(document: Document, issue: z.core.$ZodIssue): number {
  let node: unknown = document.contents
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path
  for (const [index, key] of path.entries()) {
    const pair = isMap(node)
      ? node.items.find(({ key: name }) => isScalar(name) && String(name.value) === key)
      : undefined
    if (pair === undefined) break
    const last = index === path.length - 1
    const place = last && isNode(pair.value) && issue.code !== 'unrecognized_keys' ? pair.value : pair.key
    offset = isNode(place) ? (place.range?.[0] ?? offset) : offset
    node = pair.value
  }
  return offset
}
