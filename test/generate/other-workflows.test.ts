import { expect, test } from 'vitest'
import { otherWorkflows } from '../../src/generate/other-workflows.ts'

async function named(texts: Record<string, string>, defaultBranch = 'main') {
  const files = Object.keys(texts)
  return otherWorkflows({ files, defaultBranch, readFile: async (path) => texts[path] })
}

async function runs(on: string, defaultBranch?: string): Promise<boolean> {
  return (await named({ '.github/workflows/ci.yml': `name: CI\n${on}\njobs: {}\n` }, defaultBranch)).length === 1
}

test.each([
  'on: push',
  'on: [workflow_dispatch, pull_request]',
  'on:\n  push:',
  'on: {push: {paths: ["src/**"]}}',
  'on: {push: {branches: ["**"]}}',
  'on: {push: {branches: [main, "graft/**"]}}',
  'on: {push: {branches: ["graft/*"]}}',
  'on: {push: {branches: "graft/[0-9]+-*"}}',
  'on: {push: {branches: ["**", "!release/**"]}}',
  'on: {push: {branches-ignore: [main]}}',
  'on: {push: {branches-ignore: ["graft/**"]}}',
  'on: {pull_request: {branches: [main, develop]}}',
  'on: {pull_request: {types: [opened]}}',
  'on: {pull_request_target: {branches-ignore: [develop]}}',
  'on: create',
  'on: {push: {branches: ["a*b*c*d*e*f*g*h*i*j"]}}',
  'on: {push: {branches: ["[z-a]"]}}',
  '"on": push',
  'on: [push',
  `on: push\nx: ${'['.repeat(5000)}${']'.repeat(5000)}`,
])('%j runs on our branches', async (on) => {
  expect(await runs(on)).toBe(true)
})

test.each([
  'on: workflow_dispatch',
  'on: {schedule: [{cron: "0 2 * * *"}]}',
  'on: {push: {branches: [main, develop]}}',
  'on: {push: {branches: ["*"]}}',
  'on: {push: {branches: ["**", "!graft*/**"]}}',
  'on: {push: {branches-ignore: ["graft/**", "graft-measure/**"]}}',
  'on: {push: {tags: ["v*"]}}',
  'on: {pull_request: {branches: [develop]}}',
  'on: {push: {branches: ["graft.12-name"]}}',
  'on: [workflow_dispatch',
  'on: 7',
])('%j does not', async (on) => {
  expect(await runs(on)).toBe(false)
})

test('pull requests go to the default branch, whatever it is called', async () => {
  expect(await runs('on: {pull_request: {branches: [trunk]}}', 'trunk')).toBe(true)
  expect(await runs('on: {pull_request: {branches: [trunk]}}', 'main')).toBe(false)
})

test.each([
  [`env: {A: "\${{ secrets.DEPLOY_KEY }}"}`, true],
  [`env: {A: "\${{ secrets['DEPLOY_KEY'] }}"}`, true],
  ['jobs: {a: {uses: ./x.yml}}\n# next\nsecrets: inherit', true],
  [`env: {A: "\${{ secrets.GITHUB_TOKEN }}"}`, false],
  ['env: {A: "no_secrets.here"}', false],
])('secrets in %j: %s', async (text, usesSecrets) => {
  expect(await named({ '.github/workflows/ci.yaml': `on: push\n${text}\n` })).toEqual([
    { path: '.github/workflows/ci.yaml', usesSecrets },
  ])
})

test('only workflows are read, and not our own', async () => {
  const text = 'on: push\n'
  const paths = ['.github/workflows/graft.yml', '.github/workflows/more/ci.yml', 'ci.yml', '.github/workflows/ci.yml']
  expect(await named(Object.fromEntries(paths.map((path) => [path, text])))).toEqual([
    { path: '.github/workflows/ci.yml', usesSecrets: false },
  ])
})

test('an alias bomb and a huge file end soon, and are named', async () => {
  const level = (name: string, of: string) =>
    `${name}: &${name} [${Array.from({ length: 10 }, () => `*${of}`).join(', ')}]\n`
  const bomb = `a0: &a0 [x, x]\n${Array.from({ length: 9 }, (_, index) => level(`a${index + 1}`, `a${index}`)).join('')}on: push\n`
  const found = await named({ '.github/workflows/a.yml': bomb, '.github/workflows/b.yml': `#${'x'.repeat(300_000)}` })
  expect(found.map(({ path }) => path)).toEqual(['.github/workflows/a.yml', '.github/workflows/b.yml'])
})
