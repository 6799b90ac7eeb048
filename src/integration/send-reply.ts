/** Answers a command in words, where only doing it shows what there is to say. */
import type { GivenCommand } from './command.ts'
import { replyStep } from './decide-commands.ts'
import type { IssuePorts } from './issue-ports.ts'
import type { IssueThread } from './issue-thread.ts'
import type { ReplyModel } from './models.ts'

export async function sendReply(
  thread: IssueThread,
  { hub, faces }: IssuePorts,
  command: GivenCommand,
  reply: ReplyModel,
): Promise<void> {
  const { number, body } = replyStep(thread, faces.views, command, reply)
  await hub.createComment(number, body)
}
