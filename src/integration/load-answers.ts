/** What an issue asks for, together with what people answered in its comments. */
import { createHash } from 'node:crypto'
import { type Answered, impliedCount, isAnswer, joinAnswers, type Readers } from './answers.ts'
import type { GivenCommand } from './command.ts'
import type { CommentFacts, IssueFacts, Permission } from './hub.ts'
import type { IssuePorts } from './issue-ports.ts'
import type { Asked } from './issue-thread.ts'

export interface LoadedAnswers extends Answered {
  /** Code and names without a command that count, so that their writers see it. */
  readonly implied: readonly GivenCommand[]
}

/** What the answers are read with. */
export interface Before {
  /** What the issue itself says. */
  readonly stated: Answered['overrides']
  /** When the first question was put. */
  readonly questioned: string | undefined
  /** Permissions that were read in this reconcile; what is read is added. */
  readonly known: Map<string, Permission>
}

/** Reads the answers in the issue's comments. */
export async function loadAnswers(
  { hub, readCommands, readAnswers }: IssuePorts,
  issue: IssueFacts,
  comments: readonly CommentFacts[],
  { stated, questioned, known }: Before,
): Promise<LoadedAnswers> {
  const given = comments
    .filter(({ ours }) => !ours)
    .flatMap((comment) => [
      ...readCommands(comment).filter(({ asked }) => isAnswer(asked)),
      ...(questioned === undefined ? [] : readAnswers(comment)),
    ])
  const permissions = new Map<string, Permission>()
  for (const login of new Set(given.map(({ author }) => author))) {
    const permission = known.get(login) ?? (await hub.permission(login))
    known.set(login, permission)
    permissions.set(login, permission)
  }
  const readers: Readers = { requester: issue.author.login, permissions }
  const counting = given.filter((one) => one.implied !== true || impliedCount(one, questioned, readers))
  return { ...joinAnswers(stated, counting, comments, readers), implied: counting.filter(({ implied }) => implied) }
}

/** The request with its answers, and the names of both texts. */
export function withAnswers(
  asked: Extract<Asked, { type: 'request' }>,
  { overrides, unconsented }: Answered,
  author: string,
): Asked {
  const request = { ...asked.request, overrides }
  return { ...asked, request, hash: hashOf([request, author]), consent: hashOf([asked.request, author, unconsented]) }
}

/** Short name of a value. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32)
}
