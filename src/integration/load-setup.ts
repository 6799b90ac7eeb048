/** Loads whether a repository is ready for requests, and what is missing where it is not. */

import { WORKFLOW_PATH, workflowFile } from '../config/job-files.ts'
import { parseSettings, SETTINGS_PATH } from '../config/repository-settings.ts'
import { workflowLink } from '../generate/onboarding.ts'
import { readTarget } from '../generate/target.ts'
import { SETUP_BRANCH } from '../values/branches.ts'
import { UserError } from '../values/errors.ts'
import type { Target } from '../values/plan.ts'
import type { IssueFacts } from './hub.ts'
import type { IssuePorts } from './issue-ports.ts'
import type { Setup } from './issue-thread.ts'

/** Whether the repository is set up; without a target nothing is asked of it at all. */
export async function loadSetup(ports: IssuePorts, issue: IssueFacts): Promise<{ setup: Setup; target?: Target }> {
  const { hub, repository } = ports
  const base = await repository.base()
  const text = await repository.read(base.commit, SETTINGS_PATH)
  if (text === undefined) {
    const [pull] = await hub.pullsOf(SETUP_BRANCH)
    if (pull === undefined || pull.merged) return { setup: { type: 'needed' } }
    const { number, url, state } = pull
    return { setup: { type: 'needed', pull: { number, url, closed: state === 'closed' } } }
  }
  const parsed = parseSettings(text)
  if ('problem' in parsed) return { setup: { type: 'invalid', path: SETTINGS_PATH, ...parsed.problem } }
  try {
    const target = await readTarget(repository, base.commit)
    const { backendsPath, backendsModule } = target
    const missing = (await repository.list(base.commit, '.github')).includes(WORKFLOW_PATH)
      ? {}
      : { withoutWorkflow: await wayToWorkflow(ports, issue, base.branch) }
    return {
      setup: { type: 'ready', settings: parsed.settings, base, backendsPath, backendsModule, ...missing },
      target,
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return {
      setup: { type: 'invalid', path: SETTINGS_PATH, expected: `a repository that can be read: ${error.message}` },
    }
  }
}

/** Nothing can be measured without the workflow; the App may lack the permission to add it. */
async function wayToWorkflow(
  { hub, templatesDir }: IssuePorts,
  issue: IssueFacts,
  branch: string,
): Promise<NonNullable<Extract<Setup, { type: 'ready' }>['withoutWorkflow']>> {
  const [pull] = await hub.pullsOf(SETUP_BRANCH)
  if (pull?.state === 'open') return { pull: { number: pull.number, url: pull.url, closed: false } }
  const webUrl = URL.parse(issue.url)?.origin
  if (webUrl === undefined) return {}
  const { content } = await workflowFile(templatesDir)
  return {
    workflowLink: workflowLink({ owner: hub.owner, repository: hub.repository, branch, webUrl, content }),
  }
}
