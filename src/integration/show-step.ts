/** Answers questions about the changes of a pull request that need a look at their commits. */
import { createTwoFilesPatch } from 'diff'
import { differing } from '../change/files.ts'
import { reasonsOf } from '../change/message.ts'
import { BugError } from '../values/errors.ts'
import { exportOf } from './export.ts'
import type { PullFacts } from './hub.ts'
import type { IssuePorts } from './issue-ports.ts'
import type { IssueStep } from './issue-step.ts'
import type { HistoryFacts, IssueThread } from './issue-thread.ts'
import type { ChangeReply } from './models.ts'
import { sendReply } from './send-reply.ts'

type ShowStep = Extract<IssueStep, { type: 'show' }>

/** Characters of a file beyond which it is not compared line by line. */
const MAX_COMPARED = 400_000
const MAX_FILES = 100
/** Commits whose check runs are looked up. */
const MOST_CHECKS = 15

export async function show(step: ShowStep, thread: IssueThread, ports: IssuePorts): Promise<void> {
  const { pull, history } = thread
  if (pull === undefined || history === undefined) throw new BugError('Changes were asked for without a pull request.')
  const reply = await answer(step, thread, pull, history, ports)
  await sendReply(thread, ports, step.command, reply)
}

async function answer(
  { what, command }: ShowStep,
  thread: IssueThread,
  pull: PullFacts,
  history: HistoryFacts,
  ports: IssuePorts,
): Promise<ChangeReply> {
  const login = command.author
  switch (what.name) {
    case 'diff':
      return { type: 'diff', login, ...(await difference(what, pull, history, ports)) }
    case 'history':
      return { type: 'history', login, entries: await timeline(history, ports) }
    case 'export': {
      const link = `${pull.url}.patch`
      if (what.what === 'patch') return { type: 'export', login, link }
      return { type: 'export', login, link, json: JSON.stringify(exportOf(thread, pull, history), null, 1) }
    }
    default:
      return what satisfies never
  }
}

async function difference(
  { from, to }: Extract<ShowStep['what'], { name: 'diff' }>,
  pull: PullFacts,
  { timeline: entries }: HistoryFacts,
  { repository }: IssuePorts,
): Promise<Omit<Extract<ChangeReply, { type: 'diff' }>, 'type' | 'login'>> {
  const [first, last] = [entries.find(({ id }) => id === from), entries.find(({ id }) => id === (to ?? from))]
  if (first === undefined || last === undefined) throw new BugError('A commit is not there that was there before.')
  const [before, after] = [to === undefined ? first.parent : first.commit, last.commit]
  const [old, fresh] = [await repository.entries(before), await repository.entries(after)]
  const reasons = to === undefined ? reasonsOf(first.message) : new Map<string, string>()
  const files: { path: string; patch: string | undefined; why: string }[] = []
  for (const path of differing(old, fresh).slice(0, MAX_FILES)) {
    const read = async (commit: string, there: boolean) =>
      there ? await repository.read(commit, path).catch(() => undefined) : ''
    const [left, right] = [await read(before, old.has(path)), await read(after, fresh.has(path))]
    files.push({ path, patch: patchOf(path, left, right), why: reasons.get(path) ?? '' })
  }
  const link = to === undefined ? `${pull.url}/commits/${after}` : `${pull.url}/files/${before}..${after}`
  return { ids: to === undefined ? [from] : [from, to], files, link }
}

/** Undefined for what is no text, and what is too long. */
function patchOf(path: string, left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined || left.includes('\0') || right.includes('\0')) return undefined
  if (left.length > MAX_COMPARED || right.length > MAX_COMPARED) return undefined
  return createTwoFilesPatch(`a/${path}`, `b/${path}`, left, right, undefined, undefined, { context: 3 })
}

/** With what the tests said of the newest commits. */
async function timeline(
  { timeline: entries }: HistoryFacts,
  { hub }: IssuePorts,
): Promise<Extract<ChangeReply, { type: 'history' }>['entries']> {
  const shown: Extract<ChangeReply, { type: 'history' }>['entries'][number][] = []
  for (const [index, { id, title, by, at, added, removed, commit }] of entries.entries()) {
    const check = index >= entries.length - MOST_CHECKS ? await hub.check(commit) : undefined
    const tests = /^Tests: (.{1,200}?)\.$/m.exec(check?.summary ?? '')?.[1]
    shown.push({ ...{ id, title, by, at, added, removed }, ...(tests === undefined ? {} : { tests }) })
  }
  return shown
}
