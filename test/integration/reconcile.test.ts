/** The loader, the steps and the loop, on ports in memory: from a branch to its verified merge, and onboarding. */
import { beforeEach, describe, expect, it } from 'vitest'
import { buttonCommand } from '../../src/bot/commands/button.ts'
import { parseAnswers, parseCommands } from '../../src/bot/commands/parse.ts'
import { readRequest } from '../../src/bot/form/request.ts'
import { views } from '../../src/bot/views/views.ts'
import { commitMessage } from '../../src/change/message.ts'
import { createCommitCache, type IssuePorts } from '../../src/integration/issue-ports.ts'
import { loadThread } from '../../src/integration/load-thread.ts'
import { reconcileIssue } from '../../src/integration/reconcile-issue.ts'
import { reconcileGroup, reconcilePull } from '../../src/integration/reconcile-pull.ts'
import { reconcileSetup } from '../../src/integration/reconcile-setup.ts'
import { BlockedError } from '../../src/repository/github/errors.ts'
import type { Pending, TestJob } from '../../src/simulator/runner.ts'
import { TransientError } from '../../src/values/errors.ts'
import type { Intent } from '../../src/values/intent.ts'
import * as facts from './support/facts.ts'
import { FakeGithub } from './support/fake-github.ts'
import { targetFiles, templatesDir } from './support/target-files.ts'

const FORM_BODY = '### Source\n\ntoy\n\n### Name\n\n_No response_\n'
const named = (source: string, name: string) => `### Source\n\n${source}\n\n### Name\n\n${name}\n`

let github: FakeGithub
let ended: Set<string>
let bugs: unknown[]

/** c1 writes a file, c2 changes its second line, c3 the third. */
const CHANGES = [
  ['c1', 'adapter', 'one\ntwo\nthree\nfour\n'],
  ['c2', 'normalizer', 'one\nTWO\nthree\nfour\n'],
  ['c3', 'tests', 'one\nTWO\nTHREE\nfour\n'],
] as const

beforeEach(async () => {
  github = new FakeGithub(await targetFiles(true))
  ended = new Set()
  bugs = []
  github.permissions.set('ada', 'write')
  github.issues.set(12, facts.issue({ body: FORM_BODY }))
})

async function publish(): Promise<void> {
  const { commit } = await github.base()
  await github.publish({
    ...{ branch: 'graft/12-toy', expectedHead: undefined, parent: commit },
    commits: CHANGES.map(([id, kind, content]) => {
      const files = [{ path: 'src/toy.txt', content, why: 'toy' }]
      const change = { id, kind, title: `Add ${kind}`, why: 'It is needed.', files, depends: [] }
      return { message: commitMessage(change, '12'), files }
    }),
  })
  github.writes.length = 0
}

function ports(): IssuePorts {
  const pending = (url: boolean): Pending => ({
    ...{ pending: true, steps: [], since: new Date(github.now).toISOString() },
    ...(url ? { url: 'run' } : {}),
  })
  return {
    ...{ hub: github, repository: github, templatesDir, cacheDir: '/nowhere', python: { version: '3.12.0' } },
    runner: () => ({
      prepare: async () => pending(true),
      measure: async () => pending(true),
      test: async ({ commit, tree }: TestJob) => (ended.has(commit) ? facts.report({ commit, tree }) : pending(false)),
    }),
    faces: { views, allowed: () => ['help'] },
    readRequest,
    readCommands: parseCommands,
    readAnswers: parseAnswers,
    readButton: buttonCommand,
    signal: new AbortController().signal,
    now: () => new Date(github.now),
    commits: createCommitCache(),
  }
}

/** Looks until nothing is to be done, a minute later each time. */
async function reconcile(intents: readonly Intent[] = []): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) {
    github.now += 60_000
    const job = { intents, deliveries: ['d-1'] }
    await reconcileIssue(ports(), 12, job, { blocked: () => undefined, bug: (error) => bugs.push(error) })
  }
}

const branchHead = () => github.refs.get('graft/12-toy') ?? ''
const ours = (number: number) => (github.threads.get(number) ?? []).filter((one) => one.ours).map(({ body }) => body)
const check = () => github.checks.find(({ head }) => head === branchHead())
const file = () => github.read(branchHead(), 'src/toy.txt')

describe('a branch that is there', () => {
  beforeEach(publish)

  it('goes all the way to the verified merge', async () => {
    await reconcile()
    const [pull] = github.pulls
    if (pull === undefined) throw new Error('no pull request')
    expect(pull.body).toContain('`c1`')
    expect(check()).toBeUndefined()
    ended.add(branchHead())
    await reconcile()
    expect(check()).toMatchObject({ conclusion: 'action_required' })
    const approval = github.say(pull.number, 'ada', '/approve all')
    await reconcile()
    expect(check()).toMatchObject({ conclusion: 'success' })
    expect(github.threads.get(pull.number)?.find(({ id }) => id === approval)?.reactions).toEqual(['rocket'])
    github.landed(pull.number)
    await reconcile()
    expect(github.refs.has('graft-measure/12-verify-toy')).toBe(true)
    ended.add(github.refs.get('main') ?? '')
    await reconcile()
    expect(github.refs.has('graft-measure/12-verify-toy')).toBe(false)
    expect(ours(12)).toHaveLength(2)
    expect(ours(12)[0]).toContain('was tested again')
    // The name is its own, and no problem of the request that is read again.
    github.issues.set(12, facts.issue({ body: FORM_BODY.replace('_No response_', 'toy') }))
    github.push('main', 'src/proxima/backends/toy/__init__.py', '')
    await expect(loadThread(ports(), 12, [], {})).resolves.toMatchObject({ asked: { type: 'request' } })
    const before = github.writes.length
    await reconcile()
    expect(github.writes.length).toBe(before)
    expect(bugs).toEqual([])
  })

  it('takes back what a later change touches in an adjacent line, and lets only what it touched lapse', async () => {
    await reconcile()
    const number = github.pulls[0]?.number ?? 0
    ended.add(branchHead())
    github.say(number, 'ada', '/approve c1')
    await reconcile()
    github.say(number, 'ada', '/revert c2')
    await reconcile()
    await expect(file()).resolves.toBe('one\ntwo\nTHREE\nfour\n')
    const head = await github.log(github.refs.get('main') ?? '', branchHead())
    expect(head.at(-1)?.message).toMatch(
      /Graft-Change: r1\n[\s\S]*Graft-Reverts: c2\nGraft-By: ada\nGraft-Command: \d+-0/,
    )
    expect(github.writes.filter((write) => write.startsWith('publish graft/12-toy'))).toHaveLength(1)
    ended.add(branchHead())
    await reconcile()
    expect(check()?.summary).toMatch(/`c1`.*to be approved again/)
    expect(github.pulls[0]?.body).toContain('taken back by `r1`')
    github.say(number, 'ada', '/revert r1')
    await reconcile()
    await expect(file()).resolves.toBe('one\nTWO\nTHREE\nfour\n')
  })

  it('says why it does not take back, once', async () => {
    await reconcile()
    const number = github.pulls[0]?.number ?? 0
    for (const text of ['/revert c9', '/revert c1']) github.say(number, 'ada', text)
    await reconcile()
    await reconcile()
    expect(ours(number)).toHaveLength(2)
    expect(ours(number)[0]).toContain('There is no c9')
    expect(ours(number)[1]).toContain('/revert c1 c2 c3')
    expect(github.writes.filter((write) => write === 'react confused')).toHaveLength(2)
  })

  it('keeps what a person pushes in the middle of a revert', async () => {
    await reconcile()
    github.say(github.pulls[0]?.number ?? 0, 'ada', '/revert c3')
    let pushed = false
    github.refuse = (write) => {
      if (pushed || !write.startsWith('publish')) return
      pushed = true
      github.push('graft/12-toy', 'mine.txt', 'mine')
    }
    await reconcile()
    await expect(github.read(branchHead(), 'mine.txt')).resolves.toBe('mine')
    await expect(file()).resolves.toBe('one\nTWO\nthree\nfour\n')
    expect(bugs).toEqual([])
  })

  it('keeps the state that was tested, and goes on where GitHub takes no such reference', async () => {
    ended.add(branchHead())
    await reconcile()
    const name = `refs/graft/12/tested-${branchHead().slice(0, 7)}`
    expect([...github.marks]).toEqual([[name, branchHead()]])
    await reconcile()
    expect(github.writes.filter((write) => write.startsWith('keep'))).toHaveLength(1)
    github.marks.clear()
    github.refuse = (write) => {
      if (write.startsWith('keep')) throw new BlockedError('protected', 'A rule forbids it.', 'Change the rule.')
    }
    const number = github.pulls[0]?.number ?? 0
    github.say(number, 'ada', '/snapshot mine')
    github.say(number, 'ada', '/approve all')
    await reconcile()
    expect(github.marks.size).toBe(0)
    expect(ours(number)).toEqual([expect.stringContaining('A rule forbids it. Change the rule.')])
    expect(github.writes.slice(-4)).toEqual(expect.arrayContaining(['react confused', 'react rocket']))
    expect(check()?.conclusion).toBe('success')
    expect(ours(12).join()).not.toContain('blocked')
    expect(bugs).toEqual([])
  })

  it('obeys a button once, by whoever may, on what they saw', async () => {
    await reconcile()
    ended.add(branchHead())
    const press = (over: Partial<Intent>): Intent => ({
      ...{ id: 'press-1', button: 'undo', login: 'ada', head: branchHead() },
      ...over,
    })
    await reconcile([press({ login: 'eve', id: 'press-0' })])
    const number = github.pulls[0]?.number ?? 0
    expect(ours(number)).toHaveLength(1)
    await reconcile([press({})])
    await expect(file()).resolves.toBe('one\nTWO\nthree\nfour\n')
    expect(github.writes.filter((write) => write.startsWith('publish'))).toHaveLength(1)
  })

  it('tests again once for a press, also while the new run is not to be seen yet', async () => {
    await reconcile()
    ended.add(branchHead())
    await reconcile()
    github.writes.length = 0
    const press: Intent = { id: 'press-2', button: 'retest', login: 'ada', head: branchHead() }
    const job = { deliveries: ['d-2'], intents: [press] }
    await reconcileIssue(ports(), 12, job, { blocked: () => undefined, bug: () => undefined })
    expect(github.writes).toEqual(['publish graft-measure/12-test-toy 0'])
    await reconcileIssue(ports(), 12, job, { blocked: () => undefined, bug: () => undefined })
    expect(github.writes).toHaveLength(1)
    await reconcile()
    expect(github.refs.has('graft-measure/12-test-toy')).toBe(false)
  })

  it('counts a review for the content at its commit', async () => {
    await reconcile()
    const number = github.pulls[0]?.number ?? 0
    const review = {
      id: 1,
      author: { login: 'ada', kind: 'person' },
      state: 'approved',
      submittedAt: facts.NOW,
    } as const
    github.reviewsOf.set(number, [{ ...review, commit: branchHead() }])
    ended.add(branchHead())
    await reconcile()
    expect(check()).toMatchObject({ conclusion: 'success' })
    ended.add(github.push('graft/12-toy', 'src/toy.txt', 'other\n'))
    await reconcile()
    expect(check()).toMatchObject({ conclusion: 'action_required' })
    expect(check()?.summary).toMatch(/`c1`.*to be approved again/)
  })

  it('does not let the requester approve alone where there is somebody else, unless the settings say so', async () => {
    github.permissions.set('bob', 'admin')
    await reconcile()
    ended.add(branchHead())
    const number = github.pulls[0]?.number ?? 0
    github.say(number, 'ada', '/approve')
    await reconcile()
    expect(check()).toMatchObject({ conclusion: 'action_required' })
    expect(check()?.summary).toContain('second person')
    const always = 'version: 1\napprovals:\n  requester_may_approve: always\n'
    github.push('main', '.github/graft.yml', always)
    await reconcile()
    expect(check()).toMatchObject({ conclusion: 'success' })
  })

  it('says what GitHub does not let it do, and goes on when it may', async () => {
    await reconcile()
    ended.add(branchHead())
    github.refuse = (write) => {
      if (write === 'check') throw new BlockedError('permission', 'Checks may not be written.', 'Grant "checks".')
    }
    await reconcile()
    expect(ours(12)[0]).toContain('Checks may not be written.')
    github.refuse = () => undefined
    await reconcile()
    expect(ours(12)[0]).not.toContain('Checks may not be written.')
    expect(check()).toMatchObject({ conclusion: 'action_required' })
  })

  it('leaves what passes by itself to the queue, and tells of a bug', async () => {
    github.refuse = () => {
      throw new TransientError('GitHub answered 502.')
    }
    await expect(reconcile()).rejects.toThrow(TransientError)
    expect(bugs).toEqual([])
    github.refuse = (write) => {
      if (write === 'pull') throw new TypeError('undefined is not a function')
    }
    await expect(reconcile()).rejects.toThrow(TypeError)
    expect(bugs).toHaveLength(1)
    expect(ours(12)[0]).toContain('d-1')
    expect(ours(12)[0]).not.toContain('undefined is not')
  })

  it('deletes what its jobs left when the issue is gone', async () => {
    await github.publish({
      ...{ branch: 'graft-measure/12', expectedHead: undefined, parent: branchHead(), commits: [] },
    })
    await github.publish({
      ...{ branch: 'graft-measure/123', expectedHead: undefined, parent: branchHead(), commits: [] },
    })
    github.issues.delete(12)
    await reconcile()
    expect([...github.refs.keys()]).toEqual(['main', 'graft/12-toy', 'graft-measure/123'])
  })
})

describe('a request', () => {
  it('waits where an earlier one is for the same package or name', async () => {
    github.issues.set(7, facts.issue({ number: 7, body: FORM_BODY.replace('toy', 'Toy==1.0'), url: 'seven' }))
    await reconcile()
    expect(ours(12)[0]).toContain('#7')
    expect(ours(12)[0]).toContain('same package')
    expect(ours(12)).toHaveLength(1)
  })

  it('is told that only the name is another one’s', async () => {
    github.issues.set(7, facts.issue({ number: 7, body: named('other', 'toy'), url: 'seven' }))
    await reconcile()
    expect(ours(12)[0]).toContain('#7 came first, and its backend gets the name')
    expect(ours(12)[0]).toContain('another `Name`')
  })

  it('does not wait for one whose name cannot be had', async () => {
    github.issues.set(12, facts.issue({ body: named('toy', 'another') }))
    github.issues.set(7, facts.issue({ number: 7, body: named('toy', 'cirq'), url: 'seven' }))
    await reconcile()
    expect(ours(12)[0]).not.toContain('#7')
  })

  it('counts the requests of its author in the day before', async () => {
    for (const number of [3, 4, 5]) {
      github.issues.set(number, facts.issue({ number, body: FORM_BODY.replace('toy', `other${number}`) }))
    }
    await reconcile()
    expect(ours(12)[0]).toContain('3 requests by one person')
  })

  it('is told of wrong settings with their line, and of nothing else', async () => {
    github.push('main', '.github/graft.yml', 'version: 1\nrequests:\n  per_author_per_day: many\n')
    github.say(12, 'ada', '/help')
    await reconcile()
    expect(ours(12)).toHaveLength(1)
    expect(ours(12)[0]).toContain('line 3')
  })

  it('is pointed to the pull request that sets the repository up', async () => {
    github.push('main', '.github/graft.yml', undefined)
    await reconcileSetup({ hub: github, repository: github, views, templatesDir, webUrl: 'https://example.org' })
    const [pull] = github.pulls
    await reconcile()
    expect(ours(12)[0]).toContain(`#${pull?.number}`)
    await github.updatePull(pull?.number ?? 0, { state: 'closed' })
    await reconcile()
    expect(ours(12)[0]).toContain('closed')
  })
})

describe('onboarding', () => {
  const setup = () =>
    reconcileSetup({ hub: github, repository: github, views, templatesDir, webUrl: 'https://example.org' })

  beforeEach(async () => {
    github = new FakeGithub(await targetFiles(false))
  })

  it('asks once, whatever becomes of it', async () => {
    await setup()
    await setup()
    expect(github.pulls).toHaveLength(1)
    expect(github.checks).toMatchObject([{ conclusion: 'success' }])
    const head = github.refs.get('graft/setup') ?? ''
    await expect(github.list(head, '.github')).resolves.toContain('.github/workflows/graft.yml')
    const { number = 0 } = github.pulls[0] ?? {}
    await github.updatePull(number, { state: 'closed' })
    const before = github.writes.length
    await setup()
    expect(github.writes.length).toBe(before)
  })

  it('carries on after a crash between branch and pull request', async () => {
    github.refuse = (write) => {
      if (write === 'pull') throw new TransientError('GitHub answered 502.')
    }
    await expect(setup()).rejects.toThrow(TransientError)
    github.refuse = () => undefined
    await setup()
    expect(github.pulls).toHaveLength(1)
    expect(github.writes.filter((write) => write.startsWith('publish'))).toHaveLength(1)
  })

  it('leaves the workflow to a person where it may not write one', async () => {
    github.refuse = (write) => {
      if (write.includes('workflows')) throw new BlockedError('permission', 'No workflows.', 'Grant it.')
    }
    await setup()
    expect(github.pulls[0]?.body).toContain('https://example.org/lab/proxima/new/graft/setup?filename=')
    const files = await github.list(github.refs.get('graft/setup') ?? '', '.github')
    expect(files).not.toContain('.github/workflows/graft.yml')
    expect(files).toContain('.github/graft.yml')
  })

  it('asks nothing of a repository that is no target, or that is set up', async () => {
    github = new FakeGithub(new Map([['README.md', 'hello']]))
    await setup()
    expect(github.writes).toEqual([])
    github = new FakeGithub(await targetFiles(false))
    await setup()
    github.refs.set('main', github.refs.get('graft/setup') ?? '')
    github.pulls.length = 0
    github.refs.delete('graft/setup')
    const before = github.writes.length
    await setup()
    expect(github.writes.length).toBe(before)
  })

  it('asks for what is missing where the settings are there already, as from the command line', async () => {
    const files = await targetFiles(true)
    files.delete('.github/workflows/graft.yml')
    github = new FakeGithub(files)
    await setup()
    expect(github.pulls).toHaveLength(1)
    const there = await github.list(github.refs.get('graft/setup') ?? '', '.github')
    expect(there).toContain('.github/workflows/graft.yml')
    expect(there).toContain('.github/ISSUE_TEMPLATE/graft.yml')
    github.issues.set(12, facts.issue({ body: FORM_BODY, url: 'https://example.org/lab/proxima/issues/12' }))
    await reconcile()
    expect(ours(12)[0]).toContain(`#${github.pulls[0]?.number}`)
  })

  it('leaves a page to add the workflow where that alone is missing and may not be written', async () => {
    await setup()
    github.refs.set('main', github.push('graft/setup', '.github/workflows/graft.yml', undefined))
    github.pulls.length = 0
    github.refs.delete('graft/setup')
    github.refuse = (write) => {
      if (write.includes('workflows')) throw new BlockedError('permission', 'No workflows.', 'Grant it.')
    }
    await setup()
    expect(github.pulls).toEqual([])
    github.issues.set(12, facts.issue({ body: FORM_BODY, url: 'https://example.org/lab/proxima/issues/12' }))
    await reconcile()
    expect(ours(12)[0]).toContain('](https://example.org/lab/proxima/new/main?filename=.github%2Fworkflows%2Fgraft.yml')
  })
})

describe('the check run elsewhere', () => {
  it('is success on pull requests and merge queues that are none of ours, and never on ours', async () => {
    await publish()
    const head = github.push('main', 'a.txt', 'a')
    github.pulls.push(
      facts.pull({ number: 30, head: { ref: 'feature', sha: head } }),
      facts.pull({ number: 31, head: { ref: 'graft/12-toy', sha: branchHead() } }),
      facts.pull({ number: 32, head: { ref: 'graft/setup', sha: head } }),
      facts.pull({ number: 33, head: { ref: 'graft/12-toy', sha: head }, sameRepository: false }),
    )
    await expect(reconcilePull(github, github, 30)).resolves.toEqual({})
    await expect(reconcilePull(github, github, 30)).resolves.toEqual({})
    expect(github.checks).toMatchObject([{ head, conclusion: 'success' }])
    await expect(reconcilePull(github, github, 31)).resolves.toEqual({ subject: 'issue:12' })
    await expect(reconcilePull(github, github, 32)).resolves.toEqual({ subject: 'setup' })
    await expect(reconcilePull(github, github, 99)).resolves.toEqual({})
    await reconcileGroup(github, 'f'.repeat(40))
    expect(github.checks.map((one) => one.head)).toEqual([head, 'f'.repeat(40)])
  })
  it('is never success where another pull request holds commits of an open integration', async () => {
    await publish()
    const head = branchHead()
    github.refs.set('copy', head)
    const above = github.push('copy', 'b.txt', 'b')
    github.pulls.push(
      // From a fork of somebody who may do nothing here, at the very head of the integration.
      facts.pull({ number: 33, head: { ref: 'mine', sha: head }, sameRepository: false }),
      facts.pull({ number: 34, head: { ref: 'copy', sha: above } }),
    )
    await reconcilePull(github, github, 33)
    await reconcilePull(github, github, 34)
    expect(github.checks).toMatchObject([
      { head, conclusion: 'action_required' },
      { head: above, conclusion: 'action_required' },
    ])
    await reconcile()
    const [check] = github.checks
    expect(check?.title).not.toContain('Holds commits')
    await reconcilePull(github, github, 33)
    expect(await github.check(head)).toEqual(check)
    // Merged, they are nobody's any more.
    const { number = 0 } = github.pulls.find((pull) => pull.ours && pull.head.ref === 'graft/12-toy') ?? {}
    github.landed(number)
    github.push('main', 'c.txt', 'c')
    github.checks.length = 0
    await reconcilePull(github, github, 34)
    expect(github.checks).toMatchObject([{ head: above, conclusion: 'success' }])
  })
})
