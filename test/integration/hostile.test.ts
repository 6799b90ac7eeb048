/** What people with push access, or with none, try in order to be believed: on ports in memory. */
import { beforeEach, describe, expect, it } from 'vitest'
import { buttonCommand } from '../../src/bot/commands/button.ts'
import { parseAnswers, parseCommands } from '../../src/bot/commands/parse.ts'
import { readRequest } from '../../src/bot/form/request.ts'
import { views } from '../../src/bot/views/views.ts'
import { commitMessage } from '../../src/change/message.ts'
import { decideIssue } from '../../src/integration/decide-issue.ts'
import { createCommitCache, type IssuePorts } from '../../src/integration/issue-ports.ts'
import { reconcileIssue } from '../../src/integration/reconcile-issue.ts'
import { EMPTY_RECORD, readRecord, withRecord } from '../../src/integration/request-record.ts'
import type { Pending, TestJob } from '../../src/simulator/runner.ts'
import * as facts from './support/facts.ts'
import { FakeGithub } from './support/fake-github.ts'
import { targetFiles, templatesDir } from './support/target-files.ts'

const FORM_BODY = '### Source\n\ntoy\n\n### Name\n\n_No response_\n'

let github: FakeGithub
let tests: TestJob[]
let bugs: unknown[]

beforeEach(async () => {
  github = new FakeGithub(await targetFiles(true))
  tests = []
  bugs = []
  github.permissions.set('ada', 'write')
  github.issues.set(12, facts.issue({ body: FORM_BODY }))
})

/** c1 stands on the branch, made by the App. */
async function publish(): Promise<void> {
  const { commit } = await github.base()
  const files = [{ path: 'src/toy.txt', content: 'toy', why: 'toy' }]
  const change = { id: 'c1', kind: 'adapter' as const, title: 'Add it', why: 'It is needed.', files, depends: [] }
  await github.publish({
    ...{ branch: 'graft/12-toy', expectedHead: undefined, parent: commit },
    commits: [{ message: commitMessage(change, '12'), files }],
  })
}

function ports(): IssuePorts {
  const pending: Pending = { pending: true, url: 'run', steps: [], since: new Date(github.now).toISOString() }
  return {
    ...{ hub: github, repository: github, templatesDir, cacheDir: '/nowhere', python: { version: '3.12.0' } },
    runner: () => ({
      prepare: async () => pending,
      measure: async () => pending,
      test: async (job: TestJob) => {
        tests.push(job)
        return facts.report({ commit: job.commit, tree: job.tree })
      },
    }),
    faces: { views, allowed: () => ['help'] },
    ...{
      readRequest,
      readCommands: parseCommands,
      readAnswers: parseAnswers,
      readButton: buttonCommand,
      commits: createCommitCache(),
    },
    ...{ signal: new AbortController().signal, now: () => new Date(github.now) },
  }
}

async function reconcile(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) {
    github.now += 60_000
    await reconcileIssue(
      ports(),
      12,
      { intents: [], deliveries: ['d-1'] },
      { blocked: () => undefined, bug: (e) => bugs.push(e) },
    )
  }
  expect(bugs).toEqual([])
}

const branchHead = () => github.refs.get('graft/12-toy') ?? ''
const check = () => github.checks.find(({ head }) => head === branchHead())
const pullNumber = () => github.pulls.find(({ head }) => head.ref === 'graft/12-toy')?.number ?? 0
const ours = (number: number) => (github.threads.get(number) ?? []).filter((one) => one.ours).map(({ body }) => body)

describe('a conversation', () => {
  it('is not filled by answers to somebody who may do nothing', async () => {
    await publish()
    await reconcile()
    const before = ours(pullNumber()).length
    for (let comment = 0; comment < 5; comment += 1)
      github.say(pullNumber(), 'eve', '/approve\n/aprove\n/help\n'.repeat(3))
    github.say(pullNumber(), 'ada', '/help')
    await reconcile()
    expect(ours(pullNumber())).toHaveLength(before + 11)
    const theirs = github.threads.get(pullNumber())?.filter(({ author }) => author.login === 'eve') ?? []
    expect(theirs.map(({ reactions }) => reactions)).toEqual(Array.from({ length: 5 }, () => ['confused']))
  })

  it('does not take one account that is gone for another', async () => {
    const ghost = { login: 'ghost', kind: 'person' } as const
    await publish()
    github.issues.set(12, facts.issue({ body: FORM_BODY, author: ghost }))
    await reconcile()
    github.say(pullNumber(), 'ghost', '/cancel')
    await reconcile()
    expect(ours(pullNumber()).at(-1)).toContain('not done')
    expect(github.pulls.find(({ number }) => number === pullNumber())?.state).toBe('open')
  })
})

describe('a request whose text is exchanged', () => {
  const other = FORM_BODY.replace('toy', 'trojan')

  it('does not get the yes that was for another text', async () => {
    const eve = { login: 'eve', kind: 'person' } as const
    github.issues.set(12, facts.issue({ body: FORM_BODY, author: eve }))
    await reconcile()
    expect(ours(12)[0]).toContain('waits for a maintainer')
    // Said yes to, and exchanged before anybody has looked.
    github.now += 60_000
    const yes = github.say(12, 'ada', 'Good idea.\n\n/integrate')
    github.now += 1000
    const updatedAt = new Date(github.now).toISOString()
    github.issues.set(12, facts.issue({ body: other, author: eve, updatedAt }))
    await reconcile()
    expect(ours(12)[0]).toContain('waits for a maintainer')
    expect(ours(12)[1]).toContain('The request was edited since')
    expect(github.threads.get(12)?.find(({ id }) => id === yes)?.reactions).toEqual(['confused'])
    // And back again: the comment was about a text that had been read in between, but not since then.
    github.issues.set(12, facts.issue({ body: FORM_BODY, author: eve, updatedAt }))
    await reconcile()
    expect(ours(12)).toHaveLength(2)
  })

  it.each<[string, number, string, string, boolean]>([
    ['read before the answer', 0, 'hash-1', '2026-03-01T11:29:00.000Z', true],
    ['read in the same second', 0, 'hash-1', '2026-03-01T11:30:00.000Z', true],
    ['read after the answer', 0, 'hash-1', '2026-03-01T11:31:00.000Z', false],
    ['another text was read before', 0, 'hash-0', '2026-03-01T11:29:00.000Z', false],
    ['nothing has happened since the answer', -10, 'hash-0', '2026-03-01T11:31:00.000Z', true],
  ])('%s', (_, minutes, seen, updatedAt, granted) => {
    const at = Date.parse('2026-03-01T11:31:00.000Z') + minutes * 60_000
    const body = withRecord('<!-- graft:status 12 -->', { ...EMPTY_RECORD, state: 'waits_for_maintainer', seen })
    const comment = facts.comment(50, body, { ours: true, updatedAt })
    const { steps } = decideIssue(
      facts.thread({
        issue: facts.issue({ author: { login: 'eve', kind: 'person' }, updatedAt: new Date(at).toISOString() }),
        permissions: new Map([['ada', 'write'] as const, ['eve', 'none'] as const]),
        status: { comment, record: readRecord(body) },
        comments: [comment],
        commands: [
          {
            ...{ source: '70', place: 0, from: 'comment', author: 'ada', at: '2026-03-01T11:30:00.000Z' },
            ...{ permission: 'write', asked: { name: 'integrate' } },
          },
        ],
      }),
      facts.faces,
    )
    const [first] = steps
    expect(first?.type).toBe(granted ? 'edit_comment' : 'comment')
    if (granted && first?.type === 'edit_comment') expect(readRecord(first.body)).toMatchObject({ granted: 'hash-1' })
  })
})

describe('a branch of somebody else with the name of one of ours', () => {
  it('gets no pull request by the App, and is said to be in the way', async () => {
    github.refs.set('graft/12-toy', (await github.base()).commit)
    github.push('graft/12-toy', 'theirs.txt', 'theirs')
    await reconcile()
    expect(github.pulls).toEqual([])
    expect(ours(12)).toHaveLength(1)
    expect(ours(12)[0]).toContain('none of its commits')
    expect(ours(12)[0]).toContain('Rename or delete that branch')
  })

  it('is nobody’s business where the issue asks for nothing', async () => {
    github.issues.set(12, facts.issue({ body: 'Clean up', title: 'Clean up', labels: [] }))
    github.refs.set('graft/12-cleanup', (await github.base()).commit)
    github.push('graft/12-cleanup', 'theirs.txt', 'theirs')
    await reconcile()
    expect(github.writes).toEqual([])
  })
})

describe('a branch that decides how it is tested', () => {
  beforeEach(publish)

  it.each(['.github/workflows/graft.yml', '.github/graft/job.py', '.github/graft/sitecustomize.py'])(
    'is not green by an edit of %s, approved or not',
    async (path) => {
      github.push('graft/12-toy', path, 'print("all is well")')
      await reconcile()
      github.say(pullNumber(), 'ada', '/approve all')
      await reconcile()
      expect(check()).toMatchObject({ conclusion: 'action_required' })
      expect(check()?.title).toContain('ests do not count')
      expect(check()?.summary).toContain(`\`${path}\``)
      // On the default branch it is everybody's, and was looked at there.
      github.push('main', path, 'print("all is well")')
      await reconcile()
      expect(check()).toMatchObject({ conclusion: 'success' })
    },
  )

  it('is not approved by whoever may have pushed it, where there are others', async () => {
    github.permissions.set('ben', 'write')
    const eve = { login: 'eve', kind: 'person' } as const
    github.issues.set(12, facts.issue({ body: FORM_BODY, author: eve }))
    // Under whatever name: nobody vouches for it.
    github.push('graft/12-toy', 'src/toy.txt', 'toy, mended')
    await reconcile()
    github.say(pullNumber(), 'ada', '/approve all')
    await reconcile()
    expect(check()).toMatchObject({ conclusion: 'action_required', title: /u1 has to be approved by a second person/i })
    github.say(pullNumber(), 'ben', '/approve u1')
    await reconcile()
    expect(check()).toMatchObject({ conclusion: 'success' })
    // Whose permission was taken away has approved nothing.
    github.permissions.set('ben', 'read')
    github.permissions.set('cleo', 'admin')
    await reconcile()
    expect(check()).toMatchObject({ conclusion: 'action_required' })
  })

  it('may hold other files of the same folder, once they are approved', async () => {
    github.push('graft/12-toy', '.github/notes.md', 'hello')
    await reconcile()
    github.say(pullNumber(), 'ada', '/approve all')
    await reconcile()
    expect(check()).toMatchObject({ conclusion: 'success' })
  })

  it('is not green in a pull request into another branch, whose workflow would run it', async () => {
    await reconcile()
    github.say(pullNumber(), 'ada', '/approve all')
    await reconcile()
    expect(check()).toMatchObject({ conclusion: 'success' })
    expect(tests.at(-1)).toMatchObject({ alone: false })
    const place = github.pulls.findIndex(({ number }) => number === pullNumber())
    const pull = github.pulls[place]
    if (pull === undefined) throw new Error('no pull request')
    github.refs.set('evil', pull.base.sha)
    github.pulls[place] = { ...pull, base: { ...pull.base, ref: 'evil' } }
    await reconcile()
    expect(check()).toMatchObject({ conclusion: 'action_required', title: /default branch/ })
    // A second pull request of the branch: only runs at the commit itself count.
    github.pulls[place] = pull
    github.pulls.unshift({ ...pull, number: 99, state: 'closed', base: { ...pull.base, ref: 'evil' } })
    await reconcile()
    expect(tests.at(-1)).toMatchObject({ alone: true })
  })
})
