/**
 * Onboarding: one pull request that adds what the repository needs. Closing it means no; opening it again means yes. State is
 * in GitHub alone: the branch, the pull request, and whether the settings stand on the default branch.
 */
import { commitMessage } from '../change/message.ts'
import { WORKFLOW_PATH, workflowFile } from '../config/job-files.ts'
import { planOnboarding, workflowLink } from '../generate/onboarding.ts'
import { otherWorkflows } from '../generate/other-workflows.ts'
import { readTarget } from '../generate/target.ts'
import { BlockedError } from '../repository/github/errors.ts'
import type { Repository } from '../repository/repository.ts'
import { SETUP_BRANCH } from '../values/branches.ts'
import { UserError } from '../values/errors.ts'
import type { Change, Target } from '../values/plan.ts'
import { CHECK_NAME, type Hub, type PullFacts } from './hub.ts'
import { REQUEST_LABEL } from './issue-thread.ts'
import type { Views } from './models.ts'
import { postNone } from './reconcile-pull.ts'

export interface SetupPorts {
  readonly hub: Hub
  readonly repository: Repository
  readonly views: Pick<Views, 'onboarding'>
  readonly templatesDir: string
  /** Address of the site, without a slash at its end. */
  readonly webUrl: string
}

/** Looks whether the repository is set up, and asks to be let in where it is not and nobody has said no. */
export async function reconcileSetup(ports: SetupPorts): Promise<void> {
  const { hub, repository } = ports
  const [pull] = await hub.pullsOf(SETUP_BRANCH)
  if (pull !== undefined) return attend(ports, pull)
  const base = await repository.base()
  // Wrong settings make it no target, and are told of where somebody asks for something.
  const target = await targetOf(repository, base.commit)
  if (target === undefined) return
  // From the command line some of it may have been added already.
  if ((await plan(ports, target, base.commit, true)).length === 0) return
  const head = await repository.head(SETUP_BRANCH)
  if (head === undefined) await publish(ports, target, base.commit)
  await open(ports, target, base, head ?? (await repository.head(SETUP_BRANCH)))
}

/** There is a pull request, open or not: it is never made again by itself. The label is made by being given. */
async function attend({ hub, repository }: SetupPorts, pull: PullFacts): Promise<void> {
  if (pull.state !== 'open') return
  await postNone(hub, repository, pull)
  if (!pull.labels.includes(REQUEST_LABEL)) await hub.addLabels(pull.number, [REQUEST_LABEL])
}

/** Undefined for a repository that is no target: there, Graft has nothing to ask for. */
async function targetOf(repository: Repository, commit: string): Promise<Target | undefined> {
  try {
    return await readTarget(repository, commit)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

function plan(ports: SetupPorts, target: Target, commit: string, withWorkflow: boolean): Promise<Change[]> {
  return planOnboarding({
    ...{ target, withWorkflow, templatesDir: ports.templatesDir },
    readFile: (path) => ports.repository.read(commit, path),
  })
}

/** With the workflow where the App may add one, else without: then the text of the pull request has a link for it. */
async function publish(ports: SetupPorts, target: Target, commit: string): Promise<void> {
  for (const withWorkflow of [true, false]) {
    const changes = await plan(ports, target, commit, withWorkflow)
    // The workflow alone was missing: whoever asks for something gets the page that adds it.
    if (changes.length === 0) return
    try {
      await ports.repository.publish({
        ...{ branch: SETUP_BRANCH, expectedHead: undefined, parent: commit },
        commits: changes.map((change) => ({ message: commitMessage(change, 'setup'), files: change.files })),
      })
      return
    } catch (error) {
      const refused = error instanceof BlockedError && error.kind === 'permission'
      if (!refused || !withWorkflow) throw error
    }
  }
}

async function open(
  ports: SetupPorts,
  target: Target,
  base: { readonly branch: string; readonly commit: string },
  head: string | undefined,
): Promise<void> {
  const { hub, repository } = ports
  if (head === undefined) return
  const files = await repository.list(head, '')
  const withWorkflow = files.includes(WORKFLOW_PATH)
  const { content } = await workflowFile(ports.templatesDir)
  const { title, body } = ports.views.onboarding({
    changes: await plan(ports, target, base.commit, withWorkflow),
    ...(withWorkflow
      ? {}
      : {
          workflowLink: workflowLink({
            ...{ owner: hub.owner, repository: hub.repository, branch: SETUP_BRANCH, webUrl: ports.webUrl, content },
          }),
        }),
    defaultBranch: base.branch,
    otherWorkflows: await otherWorkflows({
      ...{ files: await repository.list(base.commit, ''), defaultBranch: base.branch },
      readFile: (path) => repository.read(base.commit, path),
    }),
    checkName: CHECK_NAME,
  })
  const pull = await hub.createPull({ branch: SETUP_BRANCH, base: base.branch, title, body })
  await attend(ports, pull)
}
