/** Merges a pull request for somebody who asked for it, where that somebody could press the button. */
import type { IssuePorts } from './issue-ports.ts'
import type { IssueStep } from './issue-step.ts'
import type { IssueThread } from './issue-thread.ts'
import { sendReply } from './send-reply.ts'

/**
 * The App merges with its own rights. Where the branch has rules, they may let the App do what they keep this person from, and
 * the App may not read all of them: then the person is asked to press the button.
 */
export async function mergePull(
  { command, number, head, base }: Extract<IssueStep, { type: 'merge' }>,
  thread: IssueThread,
  ports: IssuePorts,
): Promise<void> {
  const { hub } = ports
  const { methods, isRuled } = await hub.mergeRules(base)
  const [method] = methods
  const refused =
    isRuled || method === undefined
      ? `Everything is approved and green. The branch \`${base}\` has rules of which only GitHub can say whether they let you merge: press *Merge* in the pull request.`
      : await refusalOf(hub.merge(number, head, method))
  if (refused === undefined) return
  await sendReply(thread, ports, command, { type: 'refused', login: command.author, reason: refused })
}

async function refusalOf(answer: Promise<string | undefined>): Promise<string | undefined> {
  const text = await answer
  return text === undefined ? undefined : `GitHub does not merge it: ${text.slice(0, 300)}`
}
