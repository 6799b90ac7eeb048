/** A simulator that lies in the target repository itself becomes its backend, from the issue to the check. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { setUp } from '../../../src/cli/demo/story.ts'
import { createServices } from '../../../src/integration/services.ts'
import { CACHE, ROOT } from '../support.ts'
import { inBox, NAME, REPO } from './box.ts'

const PACKAGE = join(ROOT, 'test', 'e2e', 'packages', 'plain-sim')
const FILES = ['pyproject.toml', 'src/plainsim/__init__.py', 'src/plainsim/circuit.py', 'src/plainsim/kernel.py']

test('a folder of the target is measured where it lies and tested from there', async () => {
  const services = await createServices({ cacheDir: CACHE })
  await inBox({ services }, async (box) => {
    const { github, mia } = box
    await setUp(box, () => undefined)
    for (const file of FILES)
      await mia('PUT', `${REPO}/contents/vendor/plain-sim/${file}`, {
        message: `Add ${file}`,
        content: readFileSync(join(PACKAGE, file)).toString('base64'),
      })
    const issue = await github.fileForm(NAME, 'mia', 'graft.yml', {
      title: 'plain',
      values: { source: './vendor/plain-sim' },
    })
    const pull = await box.seen('the pull request', () => box.pullOf(issue), 600)
    expect(pull.title).toBe('Add the backend plain (plain-sim 1.2.0)')
    const folder = `${REPO}/contents/src/proxima/backends/plain`
    const at = encodeURIComponent(pull.head.ref)
    const { content } = await mia<{ content: string }>('GET', `${folder}/source.json?ref=${at}`)
    expect(JSON.parse(Buffer.from(content, 'base64').toString())).toMatchObject({
      name: 'plain-sim',
      version: '1.2.0',
      origin: { kind: 'target', folder: 'vendor/plain-sim' },
      base: 'src',
    })
    const lock = await mia<{ content: string }>('GET', `${folder}/requirements.txt?ref=${at}`)
    expect(Buffer.from(lock.content, 'base64').toString()).not.toContain('plain-sim==')
    // All tests passed on the real simulator; what is missing is the review.
    const check = await box.seen(
      'the tests',
      async () => {
        const found = await box.check((await box.pullOf(issue))?.head.sha ?? '')
        return found !== undefined && /Tests: .*\d+ passed/.test(found.output.summary) ? found : undefined
      },
      600,
    )
    expect(check.output.summary).not.toContain('failed')
    expect(box.violations()).toEqual([])
    expect(box.logs.filter(({ level }) => level !== 'info')).toEqual([])
  })
})
