/** Answers in comments, on ports in memory: who may give them, which count, and what they change. */
import { beforeEach, describe, expect, test } from 'vitest'
import { buttonCommand } from '../../src/bot/commands/button.ts'
import { parseAnswers, parseCommands } from '../../src/bot/commands/parse.ts'
import { readRequest } from '../../src/bot/form/request.ts'
import { views } from '../../src/bot/views/views.ts'
import { decideIssue } from '../../src/integration/decide-issue.ts'
import { createCommitCache, type IssuePorts } from '../../src/integration/issue-ports.ts'
import type { IssueThread } from '../../src/integration/issue-thread.ts'
import { loadThread } from '../../src/integration/load-thread.ts'
import { EMPTY_RECORD, type RequestRecord, readRecord, withRecord } from '../../src/integration/request-record.ts'
import { formatMarker } from '../../src/values/marker.ts'
import * as facts from './support/facts.ts'
import { FakeGithub } from './support/fake-github.ts'
import { targetFiles, templatesDir } from './support/target-files.ts'

const BODY = '### Source\n\ntoy\n\n### Name\n\n_No response_\n'
const ISSUE = 12

let github: FakeGithub

beforeEach(async () => {
  github = new FakeGithub(await targetFiles(true))
  github.permissions.set('ada', 'write')
  github.permissions.set('paul', 'read')
  github.issues.set(ISSUE, facts.issue({ body: BODY, author: { login: 'paul', kind: 'person' } }))
})

function ports(): IssuePorts {
  const never = () => Promise.reject(new Error('No job is asked for here.'))
  return {
    ...{ hub: github, repository: github, templatesDir, cacheDir: '/nowhere', python: { version: '3.12.0' } },
    runner: () => ({ prepare: never, measure: never, test: never }),
    faces: { views, allowed: () => ['help'] },
    ...{ readRequest, readCommands: parseCommands, readAnswers: parseAnswers, readButton: buttonCommand },
    ...{ signal: new AbortController().signal, now: () => new Date(github.now), commits: createCommitCache() },
  }
}

async function look(): Promise<IssueThread> {
  const thread = await loadThread(ports(), ISSUE, [], {})
  if (thread === undefined) throw new Error('the issue is gone')
  return thread
}

async function asked() {
  const { asked: found } = await look()
  if (found.type !== 'request') throw new Error(`it is ${found.type}`)
  return found
}

/** The status comment of a request that Graft asked about. */
async function questioned(more: Partial<RequestRecord> = {}): Promise<void> {
  const { hash, consent } = await asked()
  const ended = { type: 'question', reason: 'Show one line that applies X to qubit 0.', step: 'measure' } as const
  const body = withRecord(formatMarker({ kind: 'status', of: String(ISSUE) }), {
    ...{ ...EMPTY_RECORD, state: 'question', request: hash, seen: consent, granted: consent, ended },
    ...{ questioned: new Date(github.now).toISOString(), ...more },
  })
  await github.createComment(ISSUE, body)
  github.now += 60_000
}

describe('what counts', () => {
  test('code in a comment, after the question, by the requester or by somebody with write permission', async () => {
    github.say(ISSUE, 'paul', 'Perhaps `c.early(0)`?')
    github.now += 60_000
    await questioned()
    github.say(ISSUE, 'paul', 'Like `c.x(0)`.')
    github.say(ISSUE, 'mallory', '`c.evil(0)`')
    github.say(ISSUE, 'ada', '```\nc.run().state\n```')
    expect((await asked()).request.overrides).toEqual({ hints: ['c.x(0)', 'c.run().state'] })
  })

  test('a command at any time; what somebody may not give is refused and does not count', async () => {
    github.say(ISSUE, 'paul', '/hint c.x(0)\n/allow build')
    github.say(ISSUE, 'mallory', '/hint c.evil(0)\n/with evil')
    const thread = await look()
    expect((await asked()).request.overrides).toEqual({ hints: ['c.x(0)'] })
    const refusals = decideIssue(thread, ports().faces).steps.filter(({ type }) => type === 'comment')
    expect(refusals.length).toBeGreaterThanOrEqual(3)
    github.say(ISSUE, 'ada', '/allow build')
    expect((await asked()).request.overrides).toEqual({ hints: ['c.x(0)'], allowBuild: true })
  })

  test('joined to the form, the form first', async () => {
    const body = `${BODY}\n### One line that shows how to use it\n\n\`\`\`python\nc.h(0)\n\`\`\`\n`
    github.issues.set(ISSUE, facts.issue({ body, author: { login: 'paul', kind: 'person' } }))
    github.say(ISSUE, 'paul', '/hint c.x(0)')
    expect((await asked()).request.overrides.hints).toEqual(['c.h(0)', 'c.x(0)'])
  })
})

describe('what an answer changes', () => {
  test('a new one begins a new run, at once and without another yes; the same one does not', async () => {
    await questioned()
    const before = await look()
    expect(decideIssue(before, ports().faces).steps.map(({ type }) => type)).toEqual(['edit_comment'])
    const said = github.say(ISSUE, 'paul', '`c.x(0)`')
    const thread = await look()
    const first = thread.asked.type === 'request' ? thread.asked.hash : ''
    expect(decideIssue(thread, ports().faces).steps).toEqual([
      { type: 'react', comment: said, reaction: 'rocket' },
      { type: 'core', step: { type: 'fetch' } },
    ])
    expect(thread.core?.thread.request.overrides).toEqual({ hints: ['c.x(0)'] })
    github.say(ISSUE, 'ada', '`c.x(0)`')
    expect((await asked()).hash).toBe(first)
    github.say(ISSUE, 'ada', '`c.y(0)`')
    expect((await asked()).hash).not.toBe(first)
  })

  test('what somebody without write permission wants installed waits for a yes; a maintainer’s word is one', async () => {
    await questioned()
    const { consent } = await asked()
    github.say(ISSUE, 'ada', '--with scipy')
    expect(await asked()).toMatchObject({ consent, request: { overrides: { with: ['scipy'] } } })
    github.say(ISSUE, 'paul', '--with something-else')
    expect((await asked()).consent).not.toBe(consent)
    const [first] = decideIssue(await look(), ports().faces).steps.filter(({ type }) => type === 'edit_comment')
    if (first?.type !== 'edit_comment') throw new Error('nothing is said')
    expect(readRecord(first.body)).toMatchObject({ state: 'waits_for_maintainer' })
  })

  test('the question is dated once, so that answers before a restart count after it', async () => {
    const thread = { ...(await look()), permissions: new Map([['paul', 'write'] as const]) }
    const core = thread.core
    if (core === undefined) throw new Error('no walk')
    const failed = { ...thread, core: { ...core, failure: { type: 'question' as const, reason: 'Which?' } } }
    const [step] = decideIssue(failed, ports().faces).steps
    if (step?.type !== 'comment') throw new Error('nothing is said')
    expect(readRecord(step.body)?.questioned).toBe(failed.now.replace(/\.\d+Z$/, 'Z'))
  })
})
