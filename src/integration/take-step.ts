/** Takes something back by a commit on the head of a pull request, or replies why it does not. */
import { editsBetween } from '../change/files.ts'
import { type RevertMessage, revertMessage } from '../change/message.ts'
import { nextRevertId, planRevert, type RevertConflict, type RevertResult } from '../change/revert.ts'
import type { ChangeStanding } from '../change/standing.ts'
import type { FileEdit } from '../repository/repository.ts'
import { BugError } from '../values/errors.ts'
import type { GivenCommand } from './command.ts'
import type { IssuePorts } from './issue-ports.ts'
import type { IssueStep } from './issue-step.ts'
import { commandId, type HistoryFacts, type IssueThread } from './issue-thread.ts'
import { type BranchCommit, readCommits, treeSource } from './load-history.ts'
import type { ReplyModel } from './models.ts'
import { sendReply } from './send-reply.ts'

type TakeStep = Extract<IssueStep, { type: 'revert' | 'take' }>

/** The commit that is made. */
interface Taken {
  readonly ids: readonly string[]
  readonly files: readonly FileEdit[]
  readonly as?: RevertMessage['as']
}

export async function takeBack(step: TakeStep, thread: IssueThread, ports: IssuePorts): Promise<void> {
  const { command, head } = step
  const { pull, history, issue } = thread
  if (pull === undefined || history === undefined) throw new BugError('A revert was asked for without a pull request.')
  const { repository } = ports
  const commits = await readCommits(repository, { base: pull.base.sha, head, issue: issue.number }, ports.commits)
  const taken = await plan(step, commits, history, ports)
  if ('refused' in taken) {
    await sendReply(thread, ports, command, taken.refused)
    return
  }
  const titles = new Map(commits.map(({ id, entry }) => [id, entry.subject]))
  const message = revertMessage({
    ...{ integration: String(issue.number), id: nextRevertId(commits), by: command.author },
    command: commandId(command),
    reverts: taken.ids.map((id) => ({ id, title: titles.get(id) ?? id })),
    ...(taken.as === undefined ? {} : { as: taken.as }),
  })
  await repository.publish({
    ...{ branch: pull.head.ref, expectedHead: head, parent: head },
    commits: [{ message, files: taken.files }],
  })
}

async function plan(
  step: TakeStep,
  commits: readonly BranchCommit[],
  history: HistoryFacts,
  { repository }: IssuePorts,
): Promise<Taken | { readonly refused: ReplyModel }> {
  const { command, head } = step
  if (step.type === 'revert') return planIds('revert', step.ids, commits, history, command, repository)
  const { what } = step
  if (what.action === 'reject') {
    const planned = await planIds('reject', what.ids, commits, history, command, repository)
    return 'refused' in planned ? planned : { ...planned, as: { action: 'reject', reason: what.reason } }
  }
  const files = editsBetween(await repository.entries(head), await repository.entries(what.to))
  const as: RevertMessage['as'] =
    what.action === 'restore'
      ? { action: 'restore', snapshot: what.snapshot }
      : { action: what.action, actions: what.actions }
  return { ids: what.reverts, files, as }
}

async function planIds(
  verb: 'revert' | 'reject',
  ids: readonly string[],
  history: readonly BranchCommit[],
  facts: HistoryFacts,
  { author, asked }: GivenCommand,
  repository: IssuePorts['repository'],
): Promise<Taken | { readonly refused: ReplyModel }> {
  const result = await planRevert({ history, ids, source: treeSource(repository) })
  if (result.type === 'clean') return result
  const tail = verb === 'reject' && asked.name === 'reject' ? ` "${asked.reason.replaceAll('"', "'")}"` : ''
  return { refused: refusal(result, ids, author, facts, (offer) => `/${verb} ${offer.join(' ')}${tail}`) }
}

/** Why nothing is done. */
function refusal(
  result: Exclude<RevertResult, { type: 'clean' }>,
  ids: readonly string[],
  login: string,
  history: HistoryFacts,
  line: (offer: readonly string[]) => string,
): ReplyModel {
  switch (result.type) {
    case 'unknown': {
      const known = history.changes.map(({ id }) => id).join(', ')
      return { type: 'refused', login, reason: `There is no ${result.id}; the changes are ${known}.` }
    }
    case 'already_reverted':
      return {
        ...{ type: 'refused', login },
        reason: `${result.id} was taken back already, by ${result.revert}. /revert ${result.revert} brings it back.`,
      }
    case 'refused':
      return {
        ...{ type: 'revert_refused', login, changes: ids, needs: result.needs },
        dependents: result.dependents.flatMap((id) => standingOf(history, id)),
        conflicts: result.conflicts.map(({ path, lines, by }) => ({ path, lines: linesOf(lines), by })),
        ...(result.offer === undefined ? {} : { offer: line(result.offer) }),
      }
    default:
      return result satisfies never
  }
}

function standingOf({ changes }: HistoryFacts, id: string): ChangeStanding[] {
  return changes
    .filter((change) => change.id === id)
    .map(({ author: _, reverted: __, fingerprint: ___, ...change }) => ({ ...change, state: { type: 'proposed' } }))
}

function linesOf({ from, to }: RevertConflict['lines']): string {
  if (to < from) return `before line ${from}`
  return from === to ? `line ${from}` : `lines ${from} to ${to}`
}
