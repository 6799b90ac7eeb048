/** What protected branches refuse, in the words that GitHub uses. */
import type { Account, ProtectedBranch, Repo } from '../entities.ts'

/** Rules whose pattern fits a branch. As on GitHub a star ends at a slash, two stars do not. */
export function rulesFor(repository: Repo, branch: string): ProtectedBranch[] {
  return repository.protectedBranches.filter((rule) => matches(rule.pattern, branch))
}

function matches(pattern: string, branch: string): boolean {
  const source = pattern
    .split(/(\*\*|\*|\?)/)
    .map((part) => ({ '**': '.*', '*': '[^/]*', '?': '[^/]' })[part] ?? part.replace(/[\\^$.|+()[\]{}]/g, '\\$&'))
  return new RegExp(`^${source.join('')}$`).test(branch)
}

/** Checks that the rules of a branch require. */
export function requiredChecks(repository: Repo, branch: string): string[] {
  return [...new Set(rulesFor(repository, branch).flatMap((rule) => rule.requiredChecks ?? []))]
}

/** `undefined` when every required check of a commit is fine; otherwise what GitHub says. Neutral and skipped are fine. */
export function missingChecks(repository: Repo, branch: string, commit: string): string | undefined {
  const required = requiredChecks(repository, branch)
  const states = required
    .map((name) => ({ name, state: stateOf(repository, name, commit) }))
    .filter(({ state }) => state !== 'fine')
  const [first] = states
  if (first === undefined) return undefined
  return states.length === 1
    ? `Required status check "${first.name}" is ${first.state}.`
    : `${states.length} of ${required.length} required status checks are ${
        states.some(({ state }) => state === 'failing') ? 'failing' : 'expected'
      }.`
}

function stateOf(repository: Repo, name: string, commit: string): 'fine' | 'expected' | 'in progress' | 'failing' {
  const runs = [...repository.checkRuns.values()].filter((run) => run.headSha === commit && run.name === name)
  const run = runs.sort((a, b) => b.id - a.id)[0]
  if (run !== undefined) {
    if (run.status !== 'completed') return 'in progress'
    return run.conclusion !== null && ['success', 'neutral', 'skipped'].includes(run.conclusion) ? 'fine' : 'failing'
  }
  const status = repository.statuses.filter((each) => each.sha === commit && each.context === name).at(-1)
  if (status === undefined) return 'expected'
  return status.state === 'success' ? 'fine' : status.state === 'pending' ? 'in progress' : 'failing'
}

/** Why an account may not move a ref so (`after` undefined: delete it), or undefined. */
export function refusal(
  repository: Repo,
  move: { readonly ref: string; readonly before: string | undefined; readonly after: string | undefined },
  account: Account,
): string | undefined {
  if (!move.ref.startsWith('refs/heads/')) return undefined
  const branch = move.ref.slice('refs/heads/'.length)
  if (move.after === undefined && branch === repository.defaultBranch) return 'Cannot delete the default branch.'
  const rules = rulesFor(repository, branch)
  if (rules.length === 0) return undefined
  const allowed = rules.every(({ allow }) => allow.some((login) => login.toLowerCase() === account.login.toLowerCase()))
  if (!allowed) {
    if (move.after === undefined) return 'Cannot delete this protected ref.'
    return move.before === undefined
      ? 'Cannot create ref due to creations being restricted.'
      : 'Cannot update this protected ref.'
  }
  return move.after === undefined ? undefined : missingChecks(repository, branch, move.after)
}
