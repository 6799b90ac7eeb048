/**
 * Which of the target's own workflows will run on Graft's branches. They are the target's, some with secrets: whoever sets
 * Graft up is told before it begins. In doubt a workflow is named.
 */
import { parse } from 'yaml'
import { z } from 'zod'
import { WORKFLOW_PATH } from '../config/job-files.ts'

const MAX_LENGTH = 200_000
const MAX_FILES = 200
/** Branches as Graft makes them. */
const BRANCHES = ['graft/12-name', 'graft/setup', 'graft-measure/12', 'graft-measure/12-test-name']

const names = z.union([z.string().transform((name) => [name]), z.array(z.coerce.string())])
const filter = z
  .object({
    branches: names.optional(),
    'branches-ignore': names.optional(),
    tags: names.optional(),
    'tags-ignore': names.optional(),
  })
  .nullable()
const workflow = z.object({
  on: z.union([
    names.transform((events) => Object.fromEntries(events.map((event) => [event, null]))),
    z.record(z.string(), z.unknown()),
  ]),
})

export interface OtherWorkflow {
  readonly path: string
  readonly usesSecrets: boolean
}

/** Reads the workflows at one commit. `files` are all paths, `defaultBranch` is what Graft's pull requests go to. */
export async function otherWorkflows(input: {
  readonly files: readonly string[]
  readonly defaultBranch: string
  readonly readFile: (path: string) => Promise<string | undefined>
}): Promise<OtherWorkflow[]> {
  const paths = input.files.filter((path) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path) && path !== WORKFLOW_PATH)
  const found: OtherWorkflow[] = []
  for (const path of paths.slice(0, MAX_FILES)) {
    const text = await input.readFile(path)
    if (text !== undefined && runsOnOurs(text, input.defaultBranch))
      found.push({ path, usesSecrets: usesSecrets(text) })
  }
  return found
}

function runsOnOurs(text: string, defaultBranch: string): boolean {
  if (text.length > MAX_LENGTH) return true
  let value: unknown
  try {
    value = parse(text, { logLevel: 'error', maxAliasCount: 100 })
  } catch {
    // No YAML, aliases without end, nested too deeply: GitHub may read it otherwise.
    return /\b(push|pull_request|create)\b/.test(text)
  }
  const read = workflow.safeParse(value)
  if (!read.success) return false
  return Object.entries(read.data.on).some(([event, given]) => {
    if (event === 'create') return true
    if (event !== 'push' && event !== 'pull_request' && event !== 'pull_request_target') return false
    const filters = filter.safeParse(given ?? null)
    if (!filters.success || filters.data === null) return true
    const { branches, 'branches-ignore': ignored, tags, 'tags-ignore': ignoredTags } = filters.data
    const ours = event === 'push' ? BRANCHES : [defaultBranch]
    if (branches !== undefined) return ours.some((branch) => selects(branches, branch))
    if (ignored !== undefined) return ours.some((branch) => !selects(ignored, branch))
    // A push filter for tags alone leaves branches out.
    return event !== 'push' || (tags === undefined && ignoredTags === undefined)
  })
}

/** Whether patterns select a branch: the last one that matches decides, `!` takes away. */
function selects(patterns: readonly string[], branch: string): boolean {
  let selected = false
  for (const pattern of patterns.slice(0, 200)) {
    const negative = pattern.startsWith('!')
    if (matches(negative ? pattern.slice(1) : pattern, branch)) selected = !negative
  }
  return selected
}

/** GitHub's filter patterns: `*` is anything but a slash, `**` anything, `?` and `+` repeat what is before, `[]` is a choice. */
function matches(pattern: string, branch: string): boolean {
  // A pattern that takes long to match is none that a person wrote.
  if (pattern.length > 200 || (pattern.match(/[*+]/g)?.length ?? 0) > 8) return true
  const source = pattern.replace(/\*\*|[\\^$.|(){}*]/g, (mark) => {
    if (mark === '**') return '.*'
    return mark === '*' ? '[^/]*' : `\\${mark}`
  })
  try {
    return new RegExp(`^${source}$`).test(branch)
  } catch {
    return true
  }
}

function usesSecrets(text: string): boolean {
  const named = [...text.matchAll(/\bsecrets\s*(?:\.\s*([\w-]+)|\[)/gi)]
  return named.some((match) => match[1]?.toUpperCase() !== 'GITHUB_TOKEN') || /^\s*secrets:\s*inherit\b/m.test(text)
}
