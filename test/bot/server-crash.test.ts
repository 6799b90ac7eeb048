import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { deliver, issuePayload } from './support/server.ts'

const CHILD = fileURLToPath(new URL('support/serve-child.ts', import.meta.url))

interface Line {
  readonly url?: string
  readonly idle?: boolean
  readonly subject?: string
  readonly attempt?: number
  readonly intents?: readonly string[]
  readonly deliveries?: readonly string[]
}

interface Child {
  readonly url: string
  readonly lines: Line[]
  until(test: (lines: readonly Line[]) => boolean): Promise<void>
  kill(): Promise<void>
}

let folder: string
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'graft-crash-'))
})

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
  rmSync(folder, { recursive: true })
})

async function startChild(mode: 'hold' | 'work'): Promise<Child> {
  const child = spawn(process.execPath, [CHILD, folder, mode], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const lines: Line[] = []
  const watchers = new Set<() => void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line) as Line)
    for (const watch of watchers) watch()
  })
  const until = (test: (lines: readonly Line[]) => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!test(lines)) return
        watchers.delete(look)
        resolve()
      }
      watchers.add(look)
      look()
    })
  await until((seen) => seen.some(({ url }) => url !== undefined))
  return {
    url: lines.find(({ url }) => url !== undefined)?.url ?? '',
    lines,
    until,
    async kill() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

function jobs(child: Child): Line[] {
  return child.lines.filter(({ subject }) => subject !== undefined)
}

test('killed between accept and work, and in the middle of work: nothing is lost, nothing is done twice', async () => {
  const first = await startChild('hold')
  const button = {
    ...issuePayload(1, 'requested_action'),
    requested_action: { identifier: 'undo' },
    check_run: { name: 'graft', head_sha: 'c'.repeat(40), app: { id: 7 }, check_suite: { head_branch: 'graft/1-x' } },
  }
  expect((await deliver(first.url, button, 'check_run', 'press')).status).toBe(202)
  await first.until((lines) => lines.some(({ subject }) => subject === 'issue:1'))
  // Two of a repository at once: the second begins, the others wait.
  for (const number of [2, 3, 4, 5])
    expect((await deliver(first.url, issuePayload(number), 'issues', `d${number}`)).status).toBe(202)
  expect((await deliver(first.url, issuePayload(3, 'edited'), 'issues', 'd3-edited')).status).toBe(202)
  await first.until((lines) => lines.some(({ subject }) => subject === 'issue:2'))
  await first.kill()

  const second = await startChild('work')
  await second.until((lines) => lines.some(({ idle }) => idle === true))
  expect(
    jobs(second)
      .map(({ subject }) => subject)
      .sort(),
  ).toEqual(['issue:1', 'issue:2', 'issue:3', 'issue:4', 'issue:5'])
  const byAttempt = new Map(jobs(second).map(({ subject, attempt }) => [subject, attempt]))
  expect([byAttempt.get('issue:1'), byAttempt.get('issue:2'), byAttempt.get('issue:5')]).toEqual([2, 2, 1])
  expect(jobs(second).find(({ subject }) => subject === 'issue:1')?.intents).toEqual(['press'])
  expect(jobs(second).find(({ subject }) => subject === 'issue:3')?.deliveries).toEqual(['d3', 'd3-edited'])
  expect(await (await deliver(second.url, button, 'check_run', 'press')).text()).toBe('Known already.\n')
})

test.each([20, 90, 200])('killed under load, after %i answers: what was acknowledged is worked on', async (answers) => {
  const first = await startChild('work')
  const acknowledged: number[] = []
  let enough = () => {}
  const loaded = new Promise<void>((resolve) => {
    enough = resolve
  })
  const sends = Array.from({ length: 300 }, async (_, index) => {
    try {
      const answer = await deliver(first.url, issuePayload(index + 1), 'issues', `load-${index + 1}`)
      if (answer.status === 202) acknowledged.push(index + 1)
      if (acknowledged.length >= answers) enough()
    } catch {
      // The connection went down with the process: this one was not acknowledged.
    }
  })
  await loaded
  await first.kill()
  await Promise.all(sends)

  const second = await startChild('work')
  await second.until((lines) => lines.some(({ idle }) => idle === true))
  const worked = new Set([...jobs(first), ...jobs(second)].map(({ subject }) => subject))
  expect(acknowledged.filter((number) => !worked.has(`issue:${number}`))).toEqual([])
  const again = await Promise.all(
    acknowledged.map(async (number) =>
      (await deliver(second.url, issuePayload(number), 'issues', `load-${number}`)).text(),
    ),
  )
  expect(new Set(again)).toEqual(new Set(['Known already.\n']))
})

test('a process that is asked to end ends by itself', async () => {
  const child = await startChild('work')
  expect((await deliver(child.url, issuePayload(1))).status).toBe(202)
  const process = children.at(-1)
  process?.kill('SIGTERM')
  if (process !== undefined) expect(await once(process, 'exit')).toEqual([0, null])
})
