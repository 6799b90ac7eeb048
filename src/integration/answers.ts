/**
 * What people answered in comments, joined to what the request says. Comments are read again each time; which of them count is
 * a matter of who wrote them, and for code without a command also of when. Pure.
 */
import { parseMarker } from '../values/marker.ts'
import { joinOverrides, type Overrides } from '../values/overrides.ts'
import type { Command, GivenCommand } from './command.ts'
import type { CommentFacts, Permission } from './hub.ts'
import { commandId } from './issue-thread.ts'

export type AnswerCommand = Extract<Command, { name: 'hint' | 'with' | 'allow' }>

export interface Answered {
  readonly overrides: Overrides
  /** The part of them that somebody without write permission said and that reaches beyond words about the package. */
  readonly unconsented: Overrides
}

/** Who is asked about. */
export interface Readers {
  readonly requester: string
  readonly permissions: ReadonlyMap<string, Permission>
}

/** Whether a command answers something about the simulator. */
export function isAnswer(command: GivenCommand['asked']): command is AnswerCommand {
  return command.name === 'hint' || command.name === 'with' || command.name === 'allow'
}

/**
 * Code without a command counts when it was written after a question, by the requester or somebody with write permission.
 *
 * @param questioned when the first question was put (ISO 8601), undefined before
 */
export function impliedCount(given: GivenCommand, questioned: string | undefined, readers: Readers): boolean {
  return questioned !== undefined && Date.parse(given.at) >= Date.parse(questioned) && mayAnswer(given, readers)
}

function mayAnswer({ author, asked }: GivenCommand, { requester, permissions }: Readers): boolean {
  const permission = permissions.get(author)
  if (permission === 'write' || permission === 'admin') return true
  return asked.name !== 'allow' && author === requester && author !== 'ghost'
}

/** Joins all answers, oldest first. One that was refused in a reply does not count. */
export function joinAnswers(
  stated: Overrides,
  given: readonly GivenCommand[],
  comments: readonly CommentFacts[],
  readers: Readers,
): Answered {
  const refused = new Set(
    comments.flatMap(({ ours, body }) => {
      const marker = ours ? parseMarker(body) : undefined
      return marker?.kind === 'reply' ? [marker.of] : []
    }),
  )
  let overrides = stated
  let unconsented: Overrides = {}
  for (const command of given) {
    const { asked, author } = command
    if (!isAnswer(asked) || refused.has(commandId(command)) || !mayAnswer(command, readers)) continue
    overrides = joinOverrides(overrides, saidBy(asked))
    const permission = readers.permissions.get(author)
    if (asked.name === 'with' && permission !== 'write' && permission !== 'admin') {
      unconsented = joinOverrides(unconsented, saidBy(asked))
    }
  }
  return { overrides, unconsented }
}

function saidBy(command: AnswerCommand): Overrides {
  switch (command.name) {
    case 'hint':
      return { hints: [command.code] }
    case 'with':
      return { with: [...command.requirements] }
    case 'allow':
      return { allowBuild: true }
    default:
      return command satisfies never
  }
}
