/**
 * The whole story with two real simulators in one repository, from signed webhooks to GitHub's state, as people see it through
 * REST and git: the App is installed, two people ask, review and merge, and a fresh clone has both backends.
 */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { parseTrailers } from '../../../src/change/trailers.ts'
import { setUp } from '../../../src/cli/demo/story.ts'
import type { Exchange } from '../../../src/embedded/embedded.ts'
import { createServices } from '../../../src/integration/services.ts'
import { parseMarker } from '../../../src/values/marker.ts'
import { CACHE, git, temporaryFolder } from '../support.ts'
import { type Box, inBox, isWrite, NAME, type Pull, REPO } from './box.ts'

const LIMITS = { writesBesideChanges: 17, notifying: 5, millisecondsBetweenEdits: 10_000 }
/** What a request that waits for a maintainer takes more: the answer to the `/integrate`, an edit and a reaction. */
const WRITES_OF_WAITING = 2

const FIRST = { package: 'qulacs', version: '0.6.14', asks: 'paul', merge: 'merge', approve: 'review' } as const
const SECOND = { package: 'blueqat', version: '2.0.4', asks: 'mia', merge: 'squash', approve: 'command' } as const
type Wish = typeof FIRST | typeof SECOND

interface Integrated {
  readonly issue: number
  readonly pull: Pull
  readonly changes: readonly string[]
  /** How people are told to see for themselves. */
  readonly commands: readonly string[]
  readonly exchanges: readonly Exchange[]
}

test('two simulators become backends of one repository, from the issue to the clone', async () => {
  const services = await createServices({ cacheDir: CACHE })
  await inBox({ services }, async (box) => {
    await onboarded(box)
    const first = await integrated(box, FIRST)
    const second = await integrated(box, SECOND)
    numbersHold(first, WRITES_OF_WAITING)
    numbersHold(second, 0)
    const clone = join(temporaryFolder(), 'clone')
    // The server that answers is in this process: it must not be waited for idly.
    const remotely = (...args: string[]) => promisify(execFile)('git', args)
    await remotely('clone', '--quiet', box.github.cloneUrl(NAME), clone)
    await remotely('-C', clone, 'fetch', '--quiet', 'origin', `refs/pull/${second.pull.number}/head`)
    historyHolds(clone, first, second)
    runsBell(clone, FIRST, first)
    runsBell(clone, SECOND, second)
    expect(box.violations()).toEqual([])
    expect(box.logs.filter(({ level }) => level !== 'info')).toEqual([])
  })
})

async function onboarded(box: Box): Promise<void> {
  await setUp(box, () => undefined)
  expect(await box.get<Pull>('/pulls/1')).toMatchObject({
    title: 'Set up Graft',
    merged: true,
    head: { ref: 'graft/setup' },
  })
  for (const path of ['graft.yml', 'workflows/graft.yml', 'ISSUE_TEMPLATE/graft.yml']) {
    expect(await box.get(`/contents/.github/${path}`)).toMatchObject({ type: 'file' })
  }
}

async function integrated(box: Box, wish: Wish): Promise<Integrated> {
  const { github, get, ours, seen } = box
  const begin = github.exchanges.length
  const source = `pkg:pypi/${wish.package}@${wish.version}`
  const issue = await github.fileForm(NAME, wish.asks, 'graft.yml', { title: wish.package, values: { source } })
  if (wish.asks === 'paul') await waitsForMaintainer(box, issue)
  const plan = await seen('the plan', async () => (await ours(issue, 'plan'))[0])
  // Said before anything is measured, and there is no pull request before that.
  expect(plan.body).toContain(`Plan for the backend \`${wish.package}\``)
  expect(await box.pullOf(issue)).toBeUndefined()
  const pull = await seen('the pull request', () => box.pullOf(issue), 600)
  expect(pull).toMatchObject({
    ...{ draft: false, user: { login: 'graft[bot]' }, head: { ref: `graft/${issue}-${wish.package}` } },
  })
  const changes = [...pull.body.matchAll(/^\| `(c\d+)` \| .* \| in \|$/gm)].map(([, id]) => id ?? '')
  expect(changes).toEqual(changes.map((_, index) => `c${index + 1}`))
  expect(changes.length).toBeGreaterThan(3)
  await measuredBefore(box, issue, pull)

  const reviewed = await box.concluded(pull.number, 'action_required')
  expect(reviewed.head_sha).toBe(pull.head.sha)
  expect(reviewed.output.summary).toMatch(/c1–c\d+ have to be approved[\s\S]*Tests: ✓ \d+ passed/)
  const runs = await runsOf(box, pull.head.ref)
  expect(runs).toMatchObject([{ event: 'pull_request', head_sha: pull.head.sha, conclusion: 'success' }])
  await approved(box, wish, pull)
  const success = await box.concluded(pull.number, 'success')
  expect(success.output.title).toMatch(/^All changes approved, \d+ tests passed$/)

  await box.mia('PUT', `${REPO}/pulls/${pull.number}/merge`, { merge_method: wish.merge })
  const verification = await seen('the verification', async () => (await ours(issue, 'verification'))[0])
  expect(verification.body).toContain(`✓ **\`${wish.package}\` works on the default branch.**`)
  await seen('the end of the jobs’ branches', async () => {
    const left = await get<unknown[]>(`/git/matching-refs/heads/graft-measure/`)
    return left.length === 0 ? true : undefined
  })
  const status = await seen('the last word', async () =>
    (await ours(issue, 'status')).find(({ body }) => body.includes('✓ merge')),
  )
  expect(status.body).toContain(`Backend \`${wish.package}\``)
  expect(status.body).toMatch(/is merged, and the backend was tested again/)
  expect(await ours(issue, 'status')).toHaveLength(1)
  const closed = await get<{ state: string; labels: { name: string }[] }>(`/issues/${issue}`)
  expect(closed).toMatchObject({ state: 'closed', labels: [{ name: 'graft' }] })
  await github.idle()
  return {
    ...{ issue, changes, pull: await get<Pull>(`/pulls/${pull.number}`) },
    commands: [...verification.body.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, lines]) => lines ?? ''),
    exchanges: github.exchanges.slice(begin),
  }
}

async function waitsForMaintainer(box: Box, issue: number): Promise<void> {
  const status = await box.seen('the status comment', async () => (await box.ours(issue, 'status'))[0])
  expect(status.body).toContain('waits for a maintainer')
  // Whoever may not write cannot let it begin.
  const vain = await box.say(box.paul, issue, '/integrate')
  const reply = await box.seen('the refusal', async () => (await box.ours(issue, 'reply'))[0])
  expect(reply.body).toMatch(/`paul`: not done\. .*write permission/)
  const comment = await box.say(box.mia, issue, 'Good idea.\n\n/integrate')
  await box.seen('the reactions', async () => {
    const [refused, done] = [await box.reactions(vain), await box.reactions(comment)]
    return refused.includes('confused') && done.includes('rocket') ? true : undefined
  })
}

interface Run {
  readonly event: string
  readonly head_branch: string
  readonly head_sha: string
  readonly conclusion: string | null
  readonly updated_at: string
}

async function runsOf({ get }: Box, branch: string): Promise<Run[]> {
  const { workflow_runs } = await get<{ workflow_runs: Run[] }>(`/actions/runs?branch=${encodeURIComponent(branch)}`)
  return workflow_runs
}

/** The run that measured had ended, and its result had been read, before the pull request was asked for. */
async function measuredBefore(box: Box, issue: number, pull: Pull): Promise<void> {
  const [run, ...others] = await runsOf(box, `graft-measure/${issue}`)
  expect(others).toEqual([])
  expect(run).toMatchObject({ event: 'push', conclusion: 'success' })
  expect(Date.parse(run?.updated_at ?? '')).toBeLessThanOrEqual(Date.parse(pull.created_at))
}

async function approved(box: Box, wish: Wish, pull: Pull): Promise<void> {
  if (wish.approve === 'review') {
    // The word of somebody who may not write is heard, and does not count.
    await box.paul('POST', `${REPO}/pulls/${pull.number}/reviews`, { event: 'APPROVE' })
    await box.github.idle()
    expect((await box.check(pull.head.sha))?.conclusion).toBe('action_required')
    await box.mia('POST', `${REPO}/pulls/${pull.number}/reviews`, { event: 'APPROVE' })
    return
  }
  const comment = await box.say(box.mia, pull.number, '/approve all')
  await box.seen('the reaction', async () => ((await box.reactions(comment)).includes('rocket') ? true : undefined))
}

/** What an integration may cost GitHub, and the people whom it sends mails. */
function numbersHold({ issue, changes, exchanges }: Integrated, more: number): void {
  const writes = exchanges.filter(isWrite).filter((one) => !answersRefused(one, exchanges))
  const list = writes.map(({ method, route }) => `${method} ${route}`)
  expect(list.length - 2 * changes.length, list.join('\n')).toBeLessThanOrEqual(LIMITS.writesBesideChanges + more)
  const notifying = writes.filter(
    ({ method, route }) => method === 'POST' && /\/(comments|pulls|issues|reviews)$/.test(route ?? ''),
  )
  expect(notifying.length).toBeLessThanOrEqual(LIMITS.notifying)
  expect(list.filter((one) => one.includes('/git/blobs'))).toEqual([])
  const edits = writes.filter(({ method, requestBody }) => {
    const { body } = (requestBody ?? {}) as { body?: string }
    return method === 'PATCH' && parseMarker(body ?? '')?.of === String(issue)
  })
  expect(edits.length).toBeGreaterThan(0)
  for (const [index, edit] of edits.entries()) {
    const before = edits[index - 1]
    if (before !== undefined) expect(edit.at - before.at).toBeGreaterThanOrEqual(LIMITS.millisecondsBetweenEdits)
  }
}

/** The refusal of a command in vain is the fault of whoever gave it: a reply and a reaction. */
function answersRefused({ requestBody }: Exchange, exchanges: readonly Exchange[]): boolean {
  const { body, content } = (requestBody ?? {}) as { body?: string; content?: string }
  const refused = parseMarker(body ?? '')?.kind === 'reply' || content === 'confused'
  return refused && exchanges.some(({ actor, requestBody: said }) => actor === 'user:paul' && isCommand(said))
}

function isCommand(said: unknown): boolean {
  return (said as { body?: string } | undefined)?.body === '/integrate'
}

/** One commit for each change where they were merged, one in all where they were squashed; their history stays with the pull request. */
function historyHolds(clone: string, first: Integrated, second: Integrated): void {
  const changesIn = (range: string, issue: number) =>
    git(clone, 'log', '--reverse', '--format=%H', range)
      .split('\n')
      .map((commit) => parseTrailers(git(clone, 'show', '--no-patch', '--format=%B', commit)))
      .flatMap((trailers) => (trailers?.integration === String(issue) ? [trailers.change] : []))
  expect(changesIn(`${first.pull.merge_commit_sha}^1..${first.pull.merge_commit_sha}`, first.issue)).toEqual(
    first.changes,
  )
  expect(git(clone, 'rev-parse', 'HEAD')).toBe(second.pull.merge_commit_sha)
  expect(git(clone, 'rev-parse', 'HEAD^1')).toBe(first.pull.merge_commit_sha)
  expect(git(clone, 'log', '--format=%P', '-1').split(' ')).toHaveLength(1)
  expect(changesIn('HEAD..FETCH_HEAD', second.issue)).toEqual(second.changes)
}

/** What the verification comment tells people to do, in the environment that it speaks of. */
function runsBell(clone: string, wish: Wish, { commands }: Integrated): void {
  const [install = '', bell = ''] = commands
  const requirements = /-r (\S+)/.exec(install)?.[1] ?? ''
  expect(git(clone, 'show', `HEAD:${requirements}`)).toContain(`${wish.package}==${wish.version} `)
  const env = { PATH: `${environmentOf(wish)}/bin:${process.env.PATH}`, OMP_NUM_THREADS: '1' }
  const python = (script: string) => execFileSync('sh', ['-c', script], { cwd: clone, env, encoding: 'utf8' })
  const counts = JSON.parse(python(bell).trim().split('\n').at(-1)?.replaceAll("'", '"') ?? '') as Record<
    string,
    number
  >
  expect(Object.keys(counts).sort()).toEqual(['00', '11'])
  expect((counts['00'] ?? 0) + (counts['11'] ?? 0)).toBe(1024)
  // Each backend is found where the other one cannot run, too.
  const found = python(`PYTHONPATH=src python -c '
from proxima.backends.registry import backend_registry
backend_registry.discover()
print(*(f"{one.name}={one.available}" for one in backend_registry.list_statuses()))'`)
  const other = wish === FIRST ? SECOND : FIRST
  expect(found.trim().split(/\s+/)).toEqual(expect.arrayContaining([`${wish.package}=True`, `${other.package}=False`]))
}

/** The environment that the package was measured and tested in. */
function environmentOf({ package: name, version }: Wish): string {
  const all = join(CACHE, 'environments')
  const found = readdirSync(all)
    .map((folder) => join(all, folder))
    .find((folder) => {
      const libraries = join(folder, 'lib')
      return (
        existsSync(libraries) &&
        readdirSync(libraries).some((python) =>
          existsSync(join(libraries, python, 'site-packages', `${name}-${version}.dist-info`)),
        )
      )
    })
  if (found === undefined) throw new Error(`There is no environment with ${name} ${version}.`)
  return found
}
