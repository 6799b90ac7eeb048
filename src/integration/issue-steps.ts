/** Performs the steps of a request through the ports. Each may be done twice without harm. */
import { snapshotReference } from '../change/snapshots.ts'
import { readTarget } from '../generate/target.ts'
import { MovedError } from '../repository/repository.ts'
import { BugError, ConfigurationError, UserError } from '../values/errors.ts'
import type { IssuePorts } from './issue-ports.ts'
import type { IssueStep } from './issue-step.ts'
import type { IssueThread } from './issue-thread.ts'
import type { Worked } from './load-thread.ts'
import { mergePull } from './merge-step.ts'
import { sendReply } from './send-reply.ts'
import type { Services } from './services.ts'
import { show } from './show-step.ts'
import { perform } from './steps.ts'
import { takeBack } from './take-step.ts'

/** Performs one step and returns what is known afterwards. */
export async function performStep(
  step: IssueStep,
  thread: IssueThread,
  ports: IssuePorts,
  worked: Worked,
): Promise<Worked> {
  const { hub, repository } = ports
  switch (step.type) {
    case 'core':
      return performCore(step, thread, ports, worked)
    case 'test':
      return performTest(step, thread, ports, worked)
    case 'label':
      await hub.addLabels(step.number, [step.label])
      return worked
    case 'comment':
      await hub.createComment(step.number, step.body)
      return worked
    case 'edit_comment':
      await hub.editComment(step.comment, step.body)
      return worked
    case 'react':
      await hub.react(step.comment, step.reaction)
      return worked
    case 'create_pull':
      await hub.createPull(step)
      return worked
    case 'update_pull':
      await hub.updatePull(step.number, step.changes)
      return worked
    case 'check':
      if (step.id === undefined) await hub.createCheck(step.head, step.content)
      else await hub.updateCheck(step.id, step.content)
      return worked
    case 'start_job': {
      await repository.publish({ branch: step.branch, expectedHead: undefined, parent: step.commit, commits: [] })
      // What was known of the commit's tests is no longer the last word.
      const { tests: _, ...rest } = worked
      return { ...rest, started: true }
    }
    case 'delete_job':
      await repository.deleteBranch(step.branch, step.head)
      return worked
    case 'revert':
    case 'take':
      await takeBack(step, thread, ports)
      return worked
    case 'keep':
      return keep(step, thread, ports, worked)
    case 'merge':
      await mergePull(step, thread, ports)
      return worked
    case 'show':
      await show(step, thread, ports)
      return worked
    default:
      return step satisfies never
  }
}

/** Where GitHub takes no such references, everything else goes on without them. */
async function keep(
  { snapshot, commit, command }: Extract<IssueStep, { type: 'keep' }>,
  thread: IssueThread,
  ports: IssuePorts,
  worked: Worked,
): Promise<Worked> {
  try {
    await ports.repository.keep(snapshotReference(String(thread.issue.number), snapshot), commit)
    return worked
  } catch (error) {
    const refused = error instanceof UserError || error instanceof ConfigurationError
    if (!refused || error instanceof MovedError) throw error
    const reason = `The snapshot could not be kept. ${error.message}`
    if (command !== undefined) {
      await sendReply(thread, ports, command, { type: 'refused', login: command.author, reason })
    }
    return { ...worked, unkept: true }
  }
}

/** A `UserError` ends the walk with its words; it is not a failure of this process. */
async function performCore(
  { step }: Extract<IssueStep, { type: 'core' }>,
  { core, issue }: IssueThread,
  ports: IssuePorts,
  worked: Worked,
): Promise<Worked> {
  if (core === undefined) throw new BugError('A step of the walk was asked for without a walk.')
  const services: Services = {
    ...{ runner: ports.runner(issue.number), python: ports.python, cacheDir: ports.cacheDir },
    ...{ templatesDir: ports.templatesDir, onProgress: () => undefined, signal: ports.signal },
  }
  try {
    return { ...worked, core: { thread: await perform(step, core.thread, ports.repository, services) } }
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof MovedError) throw error
    return { ...worked, core: { ...core, failure: { type: 'question', reason: error.message } } }
  }
}

async function performTest(
  { kind, commit, backend }: Extract<IssueStep, { type: 'test' }>,
  thread: IssueThread,
  ports: IssuePorts,
  worked: Worked,
): Promise<Worked> {
  const { repository } = ports
  const { setup, pull, history, issue } = thread
  if (setup.type !== 'ready') throw new BugError('A test was asked for in a repository that is not set up.')
  const target = await readTarget(repository, setup.base.commit)
  const tree = kind === 'test' ? history?.tree : await treeOf(ports, pull?.base.sha ?? setup.base.commit, commit)
  if (tree === undefined || tree === '') throw new BugError(`The tree of ${commit} is not known.`)
  const answer = await ports.runner(issue.number).test(
    {
      ...{ target, backend, commit, tree, alone: kind === 'test' && thread.otherBases === true },
      withCheckout: (use) => repository.withCheckout(commit, use),
    },
    () => undefined,
  )
  return { ...worked, tests: { kind, commit, answer } }
}

/** Tree of a merge, which is ahead of the commit that its pull request was based on. */
async function treeOf({ repository }: IssuePorts, base: string, commit: string): Promise<string | undefined> {
  return (await repository.log(base, commit)).at(-1)?.tree
}
