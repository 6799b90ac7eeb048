/** What sets a repository up for Graft: one plan of changes, made without writing anything, and the link for the workflow. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type JobFile, programFiles, WORKFLOW_PATH, workflowFile } from '../config/job-files.ts'
import { BugError } from '../values/errors.ts'
import type { Change, FileChange } from '../values/plan.ts'
import { type Draft, numberDrafts, type SharedInput, sharedChanges } from './shared-changes.ts'

const FORM_PATH = '.github/ISSUE_TEMPLATE/graft.yml'
/** GitHub answers 414 to longer addresses (its limit is 8,192 bytes). */
const MAX_LINK = 8000

export interface OnboardingInput extends SharedInput {
  /** Whether the App may add the workflow file; without, a person adds it by `workflowLink`. */
  readonly withWorkflow: boolean
}

/**
 * Plans what is missing: bridge, discovery, settings, issue form, workflow. Files that are there stay as they are, whatever
 * they say: people may have changed them. Nothing is missing: no changes.
 *
 * Raises UserError when the target's registry is not understood.
 */
export async function planOnboarding(input: OnboardingInput): Promise<Change[]> {
  const missing = async ({ path, content }: JobFile, why: string): Promise<FileChange[]> =>
    (await input.readFile(path)) === undefined ? [{ path, content, why }] : []
  const drafts: Draft[] = await sharedChanges(input)
  const content = await readFile(join(input.templatesDir, 'github/issue-form.yml'), 'utf8')
  const form = await missing({ path: FORM_PATH, content }, 'the form that a request is made with')
  if (form.length > 0) {
    drafts.push({
      ...{ key: 'form', kind: 'form', after: [], files: form },
      title: 'Add the issue form',
      why: 'A request is an issue. Only the source is needed; everything else says what is measured or derived when it is left as it is.',
    })
  }
  const workflow: FileChange[] = []
  for (const file of await programFiles(input.templatesDir)) {
    workflow.push(...(await missing(file, 'a program that the workflow runs')))
  }
  if (input.withWorkflow) {
    workflow.push(...(await missing(await workflowFile(input.templatesDir), 'runs the real simulator')))
  }
  if (workflow.length > 0) {
    drafts.push({
      ...{ key: 'workflow', kind: 'workflow', after: [], files: workflow },
      title: input.withWorkflow ? 'Add the workflow that runs simulators' : 'Add the programs that the workflow runs',
      why: 'Simulators are measured and tested in this repository’s own Actions: read access only, no secrets, no network while they run.',
    })
  }
  return numberDrafts(drafts)
}

/**
 * The page on which a person adds the workflow with one click: GitHub's "new file" on a branch, filled in.
 *
 * @param webUrl Address of the site, without a slash at its end.
 */
export function workflowLink(where: {
  readonly owner: string
  readonly repository: string
  readonly branch: string
  readonly webUrl: string
  readonly content: string
}): string {
  const path = [where.owner, where.repository, 'new', ...where.branch.split('/')].map(encodeURIComponent).join('/')
  const query = new URLSearchParams({ filename: WORKFLOW_PATH, value: where.content })
  const link = `${where.webUrl}/${path}?${query}`
  if (link.length > MAX_LINK)
    throw new BugError(`The workflow makes a link of ${link.length} characters (${MAX_LINK}).`)
  return link
}
