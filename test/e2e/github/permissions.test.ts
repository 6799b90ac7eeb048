/**
 * Each permission of the App's manifest is needed: without it the story does not get to its end, and somebody can see which one
 * is missing. On GitHub an App that was made without a permission is installed without it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { beforeAll, describe, expect, test } from 'vitest'
import { setUp } from '../../../src/cli/demo/story.ts'
import { createServices, type Services } from '../../../src/integration/services.ts'
import { CACHE, ROOT } from '../support.ts'
import { type Box, type BoxOptions, inBox, NAME, REPO } from './box.ts'
import { rememberingRunner } from './remembering-runner.ts'

const SOURCE = 'pkg:pypi/qulacs@0.6.14'
const PACE = { editMilliseconds: 0, noRunMilliseconds: 180_000 }
const text = readFileSync(join(ROOT, 'app.yml'), 'utf8')
const { default_permissions } = load(text) as { readonly default_permissions: Record<string, string> }
/** GitHub gives `metadata` to every App, so that it cannot be missing. */
const { metadata: _, ...permissions } = default_permissions

/** How far the story comes without it, and where that can be seen. */
const ENDS: Readonly<Record<string, 'set-up' | 'request' | 'status comment' | 'merge queue'>> = {
  contents: 'set-up',
  pull_requests: 'set-up',
  issues: 'request',
  checks: 'status comment',
  actions: 'status comment',
  merge_queues: 'merge queue',
}

let services: Services
beforeAll(async () => {
  const made = await createServices({ cacheDir: CACHE })
  services = { ...made, runner: rememberingRunner(made.runner) }
})

test('every permission of the manifest is tried', () => {
  expect(Object.keys(ENDS).sort()).toEqual(Object.keys(permissions).sort())
})

describe.concurrent('without', () => {
  test.each(Object.entries(permissions))('%s', async (name, level) => {
    const manifest = text.replace(new RegExp(`^ {2}${name}: ${level}\n`, 'm'), '')
    expect(manifest).not.toBe(text)
    const options: BoxOptions = {
      ...{ services, requester: 'write', pace: PACE, sweepMilliseconds: 1000, embedded: { manifest } },
    }
    await inBox(options, async (box) => {
      await stops(box, name)
      expect(box.violations()).toEqual([])
      // Whoever runs the server reads it at once.
      expect(box.logs.some((line) => JSON.stringify(line).includes(`the permission ${name}: ${level}`))).toBe(true)
    })
  })
})

async function stops(box: Box, name: string): Promise<void> {
  const { get, seen, github } = box
  // What was refused first may have been to read.
  const words = new RegExp(`The App lacks the permission .*"${name}: (read|write)"`)
  const logged = () =>
    seen(`a line of the log that names ${name}`, async () =>
      box.logs.find(({ err }) => words.test((err as { message?: string } | undefined)?.message ?? '')),
    )
  if (ENDS[name] === 'set-up') {
    await logged()
    expect(await get('/pulls?state=all')).toEqual([])
    return
  }
  await setUp(box, () => undefined)
  const issue = await github.fileForm(NAME, 'paul', 'graft.yml', { title: 'qulacs', values: { source: SOURCE } })
  if (ENDS[name] === 'request') {
    await logged()
    expect(await get(`/issues/${issue}/comments`)).toEqual([])
    return
  }
  if (ENDS[name] === 'status comment') {
    const status = await seen('the status comment that names it', async () =>
      (await box.ours(issue, 'status')).find(({ body }) => words.test(body)),
    )
    expect(status.body).toContain('Grant it in the settings of the installation')
    const pull = await box.pullOf(issue)
    if (pull !== undefined) expect(await box.check(pull.head.sha)).toBeUndefined()
    return
  }
  const pull = await seen('the pull request', () => box.pullOf(issue))
  await box.concluded(pull.number, 'action_required')
  await box.say(box.mia, pull.number, '/approve all')
  await box.concluded(pull.number, 'success')
  const head = await github.addToMergeQueue(NAME, pull.number)
  // What happens afterwards is heard of; the queue is not.
  const comment = await box.say(box.mia, pull.number, '/help')
  await seen('an answer', async () => ((await box.reactions(comment)).includes('rocket') ? true : undefined))
  expect(await box.mia('GET', `${REPO}/commits/${head}/check-runs?check_name=graft`)).toMatchObject({ total_count: 0 })
}
