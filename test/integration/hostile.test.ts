/** What people with push access, or with none, try in order to be believed: on ports in memory. */
import { beforeEach, describe, expect, it } from 'vitest'
import { buttonCommand } from '../../src/bot/commands/button.ts'
import { parseCommands } from '../../src/bot/commands/parse.ts'
import { readRequest } from '../../src/bot/form/request.ts'
import { views } from '../../src/bot/views/views.ts'
import { commitMessage } from '../../src/change/message.ts'
import { createCommitCache, type IssuePorts } from '../../src/integration/issue-ports.ts'
import { reconcileIssue } from '../../src/integration/reconcile-issue.ts'
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
    ...{ readRequest, readCommands: parseCommands, readButton: buttonCommand, commits: createCommitCache() },
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
