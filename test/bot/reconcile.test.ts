import { beforeEach, describe, expect, it } from 'vitest'
import type { Log } from '../../src/bot/log.ts'
import { createWorker } from '../../src/bot/reconcile.ts'
import type { JobKey } from '../../src/queue/queue.ts'
import * as facts from '../integration/support/facts.ts'
import { FakeGithub } from '../integration/support/fake-github.ts'
import { targetFiles, templatesDir } from '../integration/support/target-files.ts'

const place = { installation: 7, owner: 'lab', repository: 'proxima' }
const lines: unknown[] = []
const quiet = { warn: (line: unknown) => lines.push(line), error: (line: unknown) => lines.push(line) }

let github: FakeGithub
let added: JobKey[]
let opened: number

function worker() {
  return createWorker({
    hub: async () => github,
    repository: async () => {
      opened += 1
      return github
    },
    runner: async () => () => {
      throw new Error('Nothing is to be run here.')
    },
    queue: { add: (key) => added.push(key) },
    log: quiet as unknown as Log,
    python: async () => ({ version: '3.12.0' }),
    ...{ cacheDir: '/nowhere', templatesDir, webUrl: 'https://example.org' },
    now: () => new Date(github.now),
  })
}

const job = (subject: string, repository = 'proxima') => ({
  ...{ ...place, repository, subject, deliveries: ['d-1'], intents: [], attempt: 1 },
})

beforeEach(async () => {
  github = new FakeGithub(await targetFiles(true))
  added = []
  opened = 0
  lines.length = 0
})

describe('a job', () => {
  it('is done by its subject', async () => {
    const work = worker()
    github.issues.set(12, facts.issue({ labels: ['graft'], title: 'Hello', body: 'Which one?' }))
    await expect(work(job('issue:12'))).resolves.toEqual({})
    expect(github.threads.get(12)?.[0]?.body).toContain('1 thing in the request to put right')
    await work(job('group:abc'))
    expect(github.checks).toMatchObject([{ head: 'abc', conclusion: 'success' }])
    github = new FakeGithub(await targetFiles(false))
    await worker()(job('setup'))
    expect(github.pulls).toMatchObject([{ head: { ref: 'graft/setup' } }])
  })

  it('hands a pull request of an integration on to the job that no other one runs beside', async () => {
    github.pulls.push(facts.pull({ number: 13 }), facts.pull({ number: 14, head: { ref: 'x', sha: 'e'.repeat(40) } }))
    await worker()(job('pull:13'))
    expect(added).toEqual([{ ...place, subject: 'issue:12' }])
    await worker()(job('pull:14'))
    expect(added).toHaveLength(1)
  })

  it('with a subject that nobody knows is a bug', async () => {
    for (const subject of ['other:1', 'issue:x', 'pull:0', 'issue']) {
      await expect(worker()(job(subject))).rejects.toThrow(/Nobody knows|no number/)
    }
  })
})

it('keeps the last repositories with what was read of them', async () => {
  const work = worker()
  for (const repository of ['a', 'b', 'a', 'c', 'd', 'e', 'a', 'b']) await work(job('setup', repository))
  // `a` was used in between and stayed; `b` had to go.
  expect(opened).toBe(6)
})
