/** Changes of issues and their labels, with the events that follow. Pull requests are issues here, and tell it as such. */
import { invalid } from './answers.ts'
import type { Account, Authored, Issue, Label, Repo } from './entities.ts'
import { closePull } from './git/announce.ts'
import { isPullIssue } from './git/pull-state.ts'
import { reopenPull } from './git/reopen.ts'
import { issueView, labelView } from './views/issue.ts'
import type { World } from './world.ts'

const MOST_TITLE = 256
/** Characters of a body, as GitHub counts. */
const MOST_BODY = 65_536
/** Colour that a label gets when it is made by being used. */
const DEFAULT_COLOR = 'ededed'

/** 422 unless the text fits into a title. */
export function checkTitle(resource: string, title: string): void {
  if (title.trim() === '') throw invalid('Validation Failed', [{ resource, code: 'missing_field', field: 'title' }])
  if (title.length > MOST_TITLE) {
    const message = `title is too long (maximum is ${MOST_TITLE} characters)`
    throw invalid('Validation Failed', [{ resource, code: 'custom', field: 'title', message }])
  }
}

/** 422 unless the text fits into a body. */
export function checkBody(resource: string, body: string): void {
  if (body.length <= MOST_BODY) return
  const message = `body is too long (maximum is ${MOST_BODY} characters)`
  throw invalid('Validation Failed', [{ resource, code: 'custom', field: 'body', message }])
}

/** Emits `issues` or, for a pull request, `pull_request`, with its JSON as it is now. */
export async function announceIssue(
  world: World,
  repository: Repo,
  issue: Issue,
  action: string,
  sender: Account,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  if (issue.pull === undefined) {
    const payload = { issue: issueView(world, repository, issue), ...more }
    world.emit({ event: 'issues', action, repository, sender, payload })
    return
  }
  const pull = await world.git.pullView(repository, issue)
  const payload = { number: issue.number, pull_request: pull, ...more }
  world.emit({ event: 'pull_request', action, repository, sender, payload })
}

/** An open issue, or the part of a pull request that is one, with the repository's next number. */
export function newIssue(
  world: World,
  repository: Repo,
  author: Authored,
  { title, body }: { readonly title: string; readonly body: string | null },
): Issue {
  const now = world.now()
  const number = repository.nextNumber
  repository.nextNumber += 1
  return {
    ...author,
    id: world.id(),
    number,
    title,
    body,
    state: 'open',
    stateReason: null,
    locked: false,
    labels: [],
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    closedBy: null,
    reactions: [],
  }
}

/** Opens an issue; its labels are made when they are missing. */
export async function openIssue(
  world: World,
  repository: Repo,
  author: Authored,
  input: { readonly title: string; readonly body: string | null; readonly labels: readonly string[] },
): Promise<Issue> {
  const issue = newIssue(world, repository, author, input)
  repository.issues.set(issue.number, issue)
  // As on GitHub, `opened` shows the labels already, and one `labeled` for each follows.
  const labels = input.labels.map((name) => ensureLabel(world, repository, name, author.user))
  issue.labels.push(...new Set(labels))
  await announceIssue(world, repository, issue, 'opened', author.user)
  for (const label of issue.labels) await announceLabel(world, repository, issue, 'labeled', label, author.user)
  return issue
}

/** The label of this name; made, and told, when there is none. */
export function ensureLabel(world: World, repository: Repo, name: string, by: Account): Label {
  const known = repository.labels.get(name.toLowerCase())
  return known ?? createLabel(world, repository, { name, color: DEFAULT_COLOR, description: null }, by)
}

/** Makes a label and tells it. */
export function createLabel(world: World, repository: Repo, input: Omit<Label, 'id'>, by: Account): Label {
  const label = { id: world.id(), ...input }
  repository.labels.set(input.name.toLowerCase(), label)
  tellLabel(world, repository, 'created', label, by)
  return label
}

/** Emits `label`. */
export function tellLabel(
  world: World,
  repository: Repo,
  action: 'created' | 'edited' | 'deleted',
  label: Label,
  sender: Account,
): void {
  const payload = { label: labelView(world, repository, label) }
  world.emit({ event: 'label', action, repository, sender, payload })
}

/** Puts labels on an issue; those that it has stay, without an event. */
export async function addLabels(world: World, repository: Repo, issue: Issue, names: readonly string[], by: Account) {
  for (const name of names) {
    const label = ensureLabel(world, repository, name, by)
    if (issue.labels.includes(label)) continue
    issue.labels.push(label)
    issue.updatedAt = world.now()
    await announceLabel(world, repository, issue, 'labeled', label, by)
  }
}

/** Takes a label off an issue; whether it had it. */
export async function removeLabel(
  world: World,
  repository: Repo,
  issue: Issue,
  name: string,
  by: Account,
): Promise<boolean> {
  const place = issue.labels.findIndex((label) => label.name.toLowerCase() === name.toLowerCase())
  const [label] = place < 0 ? [] : issue.labels.splice(place, 1)
  if (label === undefined) return false
  issue.updatedAt = world.now()
  await announceLabel(world, repository, issue, 'unlabeled', label, by)
  return true
}

/** Gives an issue exactly these labels. */
export async function setLabels(world: World, repository: Repo, issue: Issue, names: readonly string[], by: Account) {
  const wanted = new Set(names.map((name) => name.toLowerCase()))
  for (const { name } of [...issue.labels]) {
    if (!wanted.has(name.toLowerCase())) await removeLabel(world, repository, issue, name, by)
  }
  await addLabels(world, repository, issue, names, by)
}

function announceLabel(world: World, repository: Repo, issue: Issue, action: string, label: Label, by: Account) {
  return announceIssue(world, repository, issue, action, by, { label: labelView(world, repository, label) })
}

/** Changes title and body; one `edited` with what stood there before. */
export async function editIssue(
  world: World,
  repository: Repo,
  issue: Issue,
  edit: { readonly title?: string | undefined; readonly body?: string | null | undefined },
  by: Account,
): Promise<void> {
  const before = { title: issue.title, body: issue.body }
  issue.title = edit.title ?? issue.title
  if (edit.body !== undefined) issue.body = edit.body
  const changes = {
    ...(before.title === issue.title ? {} : { title: { from: before.title } }),
    ...(before.body === issue.body ? {} : { body: { from: before.body ?? '' } }),
  }
  if (Object.keys(changes).length === 0) return
  issue.updatedAt = world.now()
  await announceIssue(world, repository, issue, 'edited', by, { changes })
}

/** Opens or closes an issue or a pull request; one that is so already stays as it is, without an event. */
export async function setIssueState(
  world: World,
  repository: Repo,
  issue: Issue,
  state: Issue['state'],
  reason: Issue['stateReason'] | undefined,
  by: Account,
): Promise<void> {
  if (issue.state === state) return
  if (state === 'closed') {
    if (isPullIssue(issue)) return closePull(world, repository, issue, by)
    issue.stateReason = reason ?? 'completed'
  } else {
    if (isPullIssue(issue)) return reopenPull(world, repository, issue, by)
    issue.stateReason = 'reopened'
  }
  const now = world.now()
  issue.state = state
  issue.updatedAt = now
  issue.closedAt = state === 'closed' ? now : null
  issue.closedBy = state === 'closed' ? by : null
  await announceIssue(world, repository, issue, state === 'closed' ? 'closed' : 'reopened', by)
}
