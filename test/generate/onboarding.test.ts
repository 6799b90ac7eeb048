import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { WORKFLOW_PATH } from '../../src/config/job-files.ts'
import { requireSettings, SETTINGS_PATH } from '../../src/config/repository-settings.ts'
import { planOnboarding, workflowLink } from '../../src/generate/onboarding.ts'
import { change, type Target } from '../../src/values/plan.ts'
import { ready, templatesDir } from './inputs.ts'
import { BASE, MAPPED } from './registries.ts'

const bare: Target = { ...ready, hasBridge: false, hasDiscovery: false, hasConfiguration: false }
const REGISTRY = 'src/proxima/backends/registry.py'

function plan(files: Record<string, string>, more: { target?: Target; withWorkflow?: boolean } = {}) {
  const readTarget = async (path: string) => files[path]
  return planOnboarding({ target: bare, templatesDir, withWorkflow: true, readFile: readTarget, ...more })
}

const fresh = { [REGISTRY]: MAPPED, 'src/proxima/backends/base.py': BASE }

test('a fresh repository gets all of it, one change each, all valid', async () => {
  const changes = await plan(fresh)
  expect(changes.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
    ...['c1 bridge', 'c2 discovery', 'c3 configuration', 'c4 form', 'c5 workflow'],
  ])
  for (const one of changes) expect(change.parse(one)).toEqual(one)
  const files = new Map(changes.flatMap((one) => one.files).map((file) => [file.path, file.content]))
  expect(requireSettings(files.get(SETTINGS_PATH) ?? '').version).toBe(1)
  expect(files.get('.github/ISSUE_TEMPLATE/graft.yml')).toContain('labels: [graft]')
  expect(files.get(WORKFLOW_PATH)).toBe(await readFile(join(templatesDir, 'github/workflow.yml'), 'utf8'))
})

test('every program that the workflow names comes with it, byte for byte, and none of their tests', async () => {
  const [workflow] = (await plan(fresh)).filter((one) => one.kind === 'workflow')
  const files = new Map(workflow?.files.map((file) => [file.path, file.content]))
  const named = files.get(WORKFLOW_PATH)?.match(/\.github\/graft\/\w+\.py/g) ?? []
  expect(named.length).toBeGreaterThan(0)
  for (const path of named) expect(files.has(path)).toBe(true)
  const sources = (await readdir(join(templatesDir, 'github/job'))).filter((name) => name.endsWith('.py'))
  for (const name of sources) {
    expect(files.get(`.github/graft/${name}`)).toBe(await readFile(join(templatesDir, 'github/job', name), 'utf8'))
  }
  expect(files.size).toBe(sources.length + 1)
})

test('without the permission the programs come all the same, and nothing stands in the folder of workflows', async () => {
  const changes = await plan(fresh, { withWorkflow: false })
  const paths = changes.flatMap((one) => one.files.map((file) => file.path))
  expect(paths.filter((path) => path.startsWith('.github/workflows/'))).toEqual([])
  expect(paths).toContain('.github/graft/job.py')
})

test('what is there stays; a repository that has all gets nothing', async () => {
  const first = await plan(fresh)
  const present = Object.fromEntries(first.flatMap((one) => one.files).map((file) => [file.path, `# edited\n`]))
  expect(await plan(present, { target: ready })).toEqual([])
  const { [WORKFLOW_PATH]: _, ...others } = present
  const again = await plan(others, { target: ready })
  expect(again.map(({ id, files }) => [id, files.map((file) => file.path)])).toEqual([['c1', [WORKFLOW_PATH]]])
  expect(await plan(others, { target: ready, withWorkflow: false })).toEqual([])
})

test('the link opens the page that adds exactly the workflow', async () => {
  const content = await readFile(join(templatesDir, 'github/workflow.yml'), 'utf8')
  const where = { owner: 'an-owner', repository: 'a.repo', branch: 'release/1 #2', webUrl: 'https://web.example' }
  const link = workflowLink({ ...where, content })
  const url = new URL(link)
  expect(url.origin + url.pathname).toBe('https://web.example/an-owner/a.repo/new/release/1%20%232')
  expect(Object.fromEntries(url.searchParams)).toEqual({ filename: WORKFLOW_PATH, value: content })
  expect(link).toMatch(/^[!-~]+$/)
  expect(() => workflowLink({ ...where, content: content.repeat(3) })).toThrow(/characters/)
})
