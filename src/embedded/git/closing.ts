/** Issues that a merged pull request closes because its text says so. */
import type { Account, Repo } from '../entities.ts'
import { issueView } from '../views/issue.ts'
import type { World } from '../world.ts'

const KEYWORD = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d{1,9})\b/gi

/** Closes the open issues that a text names after one of GitHub's keywords (`Closes #12`), and tells it. */
export function closeMentioned(world: World, repository: Repo, text: string, sender: Account): void {
  const numbers = new Set([...text.matchAll(KEYWORD)].map((match) => Number(match[1])))
  for (const number of numbers) {
    const issue = repository.issues.get(number)
    if (issue === undefined || issue.pull !== undefined || issue.removed !== undefined || issue.state === 'closed')
      continue
    const now = world.now()
    issue.state = 'closed'
    issue.stateReason = 'completed'
    issue.closedAt = now
    issue.updatedAt = now
    issue.closedBy = sender
    const payload = { issue: issueView(world, repository, issue) }
    world.emit({ event: 'issues', action: 'closed', repository, sender, payload })
  }
}
