/**
 * The workflow's own programs, step by step as GitHub's runner would run them, on a real simulator: what the runner on Actions
 * asks for is measured, what was measured becomes a backend, and its tests run as its pull request would run them.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { programFiles, workflowFile } from '../../src/config/job-files.ts'
import { proposeCandidates } from '../../src/driver/propose.ts'
import { planChanges } from '../../src/generate/changeset.ts'
import { chooseOptions } from '../../src/generate/names.ts'
import { readTarget } from '../../src/generate/target.ts'
import { createServices } from '../../src/integration/services.ts'
import { analyseSource, fetchSource } from '../../src/integration/steps.ts'
import { openLocalRepository } from '../../src/repository/local.ts'
import { createActionsRunner } from '../../src/simulator/actions.ts'
import { isPending } from '../../src/simulator/runner.ts'
import { type FakeRun, fakeActions } from '../simulator/fake-actions.ts'
import { type EventContext, pullRequest, pushed, type Ran, runWorkflow } from '../simulator/workflow-emulator.ts'
import { CACHE, git, makeTarget, temporaryFolder } from './support.ts'

const silent = () => undefined

/** What GitHub would show of a run that was emulated. */
function asRun(ran: Ran, event: EventContext, message: string): FakeRun {
  const commit = event.event.pull_request?.head.sha ?? event.sha
  const conclusion = ran.steps.every((step) => step.ok) ? 'success' : 'failure'
  const branch = event.head_ref === '' ? event.ref_name : event.head_ref
  return { branch, commit, message, event: event.event_name, status: 'completed', conclusion, artifacts: ran.artifacts }
}

/** A requirement of the target besides those that it has. */
function require(target: string, requirement: string): void {
  const project = join(target, 'pyproject.toml')
  const text = readFileSync(project, 'utf8')
  writeFileSync(project, text.replace(/"numpy>=1\.26"\]/, `"numpy>=1.26", "${requirement}"]`))
  git(target, '-c', 'user.name=Test', '-c', 'user.email=t@example.invalid', 'commit', '-qam', 'One more requirement')
}

/**
 * Takes a package from its locator to a green pull request.
 *
 * @param needs what the target requires besides
 */
export async function throughTheWorkflow(locator: string, needs?: string) {
  const target = makeTarget()
  if (needs !== undefined) require(target, needs)
  const repository = await openLocalRepository(target)
  const services = await createServices({ cacheDir: CACHE })
  const { templatesDir } = services
  const start = git(target, 'rev-parse', 'main')
  const files = [await workflowFile(templatesDir), ...(await programFiles(templatesDir))]
  const installed = files.map((file) => ({ ...file, why: '' }))
  await repository.publish({
    ...{ branch: 'onboarding', expectedHead: undefined, parent: start },
    commits: [{ message: 'Set up\n', files: installed }],
  })
  git(target, 'merge', '--quiet', '--ff-only', 'onboarding')

  const base = git(target, 'rev-parse', 'main')
  const facts = await readTarget(repository, base)
  const snapshot = await fetchSource(locator, services)
  const request = proposeCandidates(await analyseSource(snapshot, services))
  const github = fakeActions()
  const runner = createActionsRunner({
    ...{ octokit: github.octokit, owner: 'ann', repository: 'target', issue: 12 },
    ...{ files: repository, templatesDir, cacheDir: temporaryFolder() },
  })
  const job = { snapshot, target: facts, request }
  expect(await runner.prepare(job, silent)).toMatchObject({ pending: true })

  const push = pushed('graft-measure/12', git(target, 'rev-parse', 'graft-measure/12'))
  const measuring = await runWorkflow(target, push, temporaryFolder())
  expect(measuring.job).toBe('measure')
  expect(measuring.steps.filter((step) => !step.ok)).toEqual([])
  github.runs.push(asRun(measuring, push, git(target, 'log', '-1', '--format=%B', push.sha)))
  const prepared = await runner.prepare(job, silent)
  const measurement = await runner.measure(job, silent)
  if (isPending(prepared) || isPending(measurement) || !prepared.ok) throw new Error(JSON.stringify(prepared))
  expect(measurement.stage, JSON.stringify(measurement.seen)).toBe('measured')

  const options = chooseOptions(snapshot, {}, facts)
  const branch = `graft/12-${options.name}`
  const changes = await planChanges({
    ...{ target: facts, options, snapshot, measurement, templatesDir, lock: prepared.lock },
    readFile: (path) => repository.read(base, path),
  })
  const [published] = await repository.publish({
    ...{ branch, expectedHead: undefined, parent: base },
    commits: [{ message: `Add ${options.name}\n`, files: changes.flatMap((change) => change.files) }],
  })
  if (published === undefined) throw new Error('nothing was published')
  const opened = pullRequest(branch, published.commit)
  const testing = await runWorkflow(target, opened, temporaryFolder())
  expect(testing.job).toBe('test')
  for (const step of testing.steps) expect(step.ok, `${step.name}: ${step.log}`).toBe(true)
  github.runs.push(asRun(testing, opened, ''))
  const withCheckout = () => Promise.reject(new Error('not here'))
  const tested = await runner.test({ ...job, ...published, backend: options.name, withCheckout }, silent)
  if (isPending(tested)) throw new Error('no report')
  expect(tested).toMatchObject({ ...published, failed: 0, containment: 'unshare' })
  return { target, branch, snapshot, measurement, lock: prepared.lock, tested }
}
