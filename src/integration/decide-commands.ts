/**
 * Commands of people: each is done once, in order, and acknowledged by one reaction. Whether a command was done is seen in the
 * facts (a commit's trailer, the check run's record, a reply, the state itself), never remembered elsewhere. Pure.
 */
import { parseMarker } from '../values/marker.ts'
import type { Command, GivenCommand } from './command.ts'
import type { Decision, IssueStep } from './issue-step.ts'
import { both, NOTHING } from './issue-step.ts'
import { commandId, type IssueThread, mayWrite } from './issue-thread.ts'
import type { ReplyModel, Views } from './models.ts'

/** What of the outside a decision needs: how things are said. Pure functions. */
export interface Faces {
  readonly views: Views
  /** Forms of the commands that somebody may give, for the help. */
  allowed(who: { readonly write: boolean; readonly requester: boolean }): readonly string[]
}

/** What is to be done about a command. */
export type Answer =
  /** It was done: the facts show it. */
  | { readonly type: 'done' }
  /** One sentence with the reason. */
  | { readonly type: 'refuse'; readonly reason: string }
  /** It is done by saying this. */
  | { readonly type: 'reply'; readonly reply: ReplyModel }
  /** After these steps the facts show it; `settles`: that it was done, so that it can be acknowledged at once. */
  | { readonly type: 'do'; readonly decision: Decision; readonly settles?: boolean }

/** `command` is one that needs an answer of the phase; help and what is not allowed are answered here. */
export type Answerer = (command: Exclude<Command, { name: 'help' }>, given: GivenCommand) => Answer

/** Replies to one person without write permission, in one conversation. */
const MOST_REPLIES = 10

export const DONE: Answer = { type: 'done' }
/** To what could only have changed the search. */
export const TOO_LATE =
  'The measurement is done and its branch is there, so nothing is searched any more. Edit the adapter on the branch: the tests measure the edit.'
/** To what is about changes, before there are any. */
export const NO_PULL = 'There is no pull request yet.'
export const refuse = (reason: string): Answer => ({ type: 'refuse', reason })
export const act = (...steps: readonly IssueStep[]) => ({ type: 'do' as const, decision: { steps } })

/**
 * The steps for the commands that wait. `busy`: a command changes the state, so that everything else is decided after it.
 */
export function commandDecision(
  thread: IssueThread,
  faces: Faces,
  answer: Answerer,
): { readonly decision: Decision; readonly busy: boolean } {
  let decision: Decision = { steps: [] }
  const said = repliesTo(thread)
  for (const group of groups(thread.commands)) {
    let refused = false
    for (const given of group) {
      const answered = answerTo(thread, given)
      if (answered !== undefined) {
        refused ||= answered === 'refused'
        continue
      }
      const outcome = judge(thread, faces, answer, given)
      if ('reply' in outcome) {
        refused ||= outcome.reply.type === 'refused' || outcome.reply.type === 'revert_refused'
        const replies = said.get(given.author) ?? 0
        // The reaction has to do: nobody gets the App to fill a conversation.
        if (!mayWrite(thread, given.author) && replies >= MOST_REPLIES) continue
        said.set(given.author, replies + 1)
        decision = both(decision, { steps: [replyStep(thread, faces.views, given, outcome.reply)] })
      } else if (outcome.type === 'do') {
        const ends = outcome.settles === true && given === group.at(-1)
        return {
          decision: both(both(decision, outcome.decision), ends ? acknowledge(group, refused) : NOTHING),
          busy: true,
        }
      }
    }
    decision = both(decision, acknowledge(group, refused))
  }
  return { decision, busy: false }
}

/** How many commands of each person were answered in words. */
function repliesTo({ comments }: IssueThread): Map<string, number> {
  const authors = new Map(comments.map(({ id, author }) => [String(id), author.login]))
  const said = new Map<string, number>()
  for (const { ours, body } of comments) {
    const marker = ours ? parseMarker(body) : undefined
    const author =
      marker?.kind === 'reply' || marker?.kind === 'answer' ? authors.get(marker.of.replace(/-\d+$/, '')) : undefined
    if (author !== undefined) said.set(author, (said.get(author) ?? 0) + 1)
  }
  return said
}

/** One reaction for all commands of a comment. Buttons have nothing to react to. */
function acknowledge([first]: readonly GivenCommand[], refused: boolean): Decision {
  if (first?.from !== 'comment') return NOTHING
  return { steps: [{ type: 'react', comment: Number(first.source), reaction: refused ? 'confused' : 'rocket' }] }
}

/** Commands of one comment, or of one button, together. */
function groups(commands: readonly GivenCommand[]): GivenCommand[][] {
  const bySource = new Map<string, GivenCommand[]>()
  for (const command of commands) {
    const group = bySource.get(command.source) ?? []
    group.push(command)
    bySource.set(command.source, group)
  }
  return [...bySource.values()]
}

/** Whether a command was answered in words already, and how. */
function answerTo(thread: IssueThread, given: GivenCommand): 'answered' | 'refused' | undefined {
  for (const comment of thread.comments) {
    const marker = comment.ours ? parseMarker(comment.body) : undefined
    if (marker?.of !== commandId(given)) continue
    if (marker.kind === 'answer') return 'answered'
    if (marker.kind === 'reply') return given.asked.name === 'help' ? 'answered' : 'refused'
  }
  return undefined
}

function judge(
  thread: IssueThread,
  faces: Faces,
  answer: Answerer,
  given: GivenCommand,
): Extract<Answer, { type: 'done' | 'do' }> | { readonly reply: ReplyModel } {
  const { asked, author: login } = given
  const refused = (reason: string) => ({ reply: { type: 'refused' as const, login, reason } })
  if (asked.name === 'unknown') return refused(asked.advice)
  const write = mayWrite(thread, login)
  // All accounts that are gone look the same.
  const requester = login === thread.issue.author.login && login !== 'ghost'
  if (given.permission === 'write' && !write) {
    return refused(`/${asked.name} is for people with write permission to this repository.`)
  }
  if (given.permission === 'requester' && !write && !requester) {
    return refused(
      `/${asked.name} is for the person who opened the request and for people with write permission to this repository.`,
    )
  }
  if (asked.name === 'help') {
    const allowed = faces.allowed({ write, requester })
    return { reply: { type: 'help', login, where: whereOf(thread, given), allowed } }
  }
  const answered = answer(asked, given)
  if (answered.type === 'reply') return answered
  return answered.type === 'refuse' ? refused(answered.reason) : answered
}

function whereOf(thread: IssueThread, given: GivenCommand): 'issue' | 'pull' {
  if (given.from === 'button') return thread.pull === undefined ? 'issue' : 'pull'
  return thread.comments.find((comment) => String(comment.id) === given.source)?.where ?? 'issue'
}

/** A reply to a command, in the conversation that it was given in. */
export function replyStep(
  thread: IssueThread,
  views: Views,
  given: GivenCommand,
  reply: ReplyModel,
): Extract<IssueStep, { type: 'comment' }> {
  const onPull = whereOf(thread, given) === 'pull'
  const number = onPull && thread.pull !== undefined ? thread.pull.number : thread.issue.number
  return { type: 'comment', what: 'reply', number, body: views.reply(reply, given) }
}
