import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { makeRequest, readMeasureArtifact, readTestArtifact } from '../../src/simulator/artifact.ts'
import type { Runner } from '../../src/simulator/runner.ts'
import { NAME, refusalOf, type Stage, setStage, WHERE } from './support/github.ts'
import {
  allPass,
  BACKEND,
  FILES,
  heldRunner,
  LOCK,
  MEASURED,
  reportOf,
  SEARCH,
  SNAPSHOT,
  TARGET,
} from './support/jobs.ts'
import { publish } from './support/repository-server.ts'

let stage: Stage | undefined

afterEach(async () => {
  await stage?.close()
  stage = undefined
})

async function set(runner?: Parameters<typeof setStage>[0] & object): Promise<Stage> {
  stage = await setStage(runner)
  await stage.news()
  return stage
}

async function runs(query: object = {}) {
  const { data } = await (stage as Stage).bot.rest.actions.listWorkflowRunsForRepo({ ...WHERE, ...query })
  expect(data.total_count).toBe(data.workflow_runs.length)
  return data.workflow_runs
}

async function jobs(run_id: number) {
  const { data } = await (stage as Stage).bot.rest.actions.listJobsForWorkflowRun({ ...WHERE, run_id })
  return data.jobs
}

async function openPull(branch = 'graft/1-toy', files: Readonly<Record<string, string>> = FILES) {
  const { bot } = stage as Stage
  const sha = await publish(bot, branch, files)
  const { data } = await bot.rest.pulls.create({ ...WHERE, head: branch, base: 'main', title: branch })
  return { sha, number: data.number }
}

async function download(run_id: number, name: string): Promise<Buffer> {
  const { bot, github } = stage as Stage
  const { data } = await bot.rest.actions.listWorkflowRunArtifacts({ ...WHERE, run_id })
  expect(data.artifacts.map((artifact) => artifact.name)).toEqual([name])
  const artifact_id = data.artifacts[0]?.id ?? 0
  const { token } = (await bot.auth({ type: 'installation' })) as { token: string }
  const address = `${github.url}/repos/${NAME}/actions/artifacts/${artifact_id}/zip`
  const redirect = await fetch(address, { headers: { authorization: `token ${token}` }, redirect: 'manual' })
  expect(redirect.status).toBe(302)
  const zip = Buffer.from(await (await fetch(redirect.headers.get('location') ?? '')).arrayBuffer())
  expect(zip.length).toBe(data.artifacts[0]?.size_in_bytes)
  return zip
}

const stepsOf = (steps: readonly { name: string; status: string; conclusion: string | null }[] = []) =>
  Object.fromEntries(steps.map(({ name, status, conclusion }) => [name, conclusion ?? status]))

describe('a pull request of an integration', () => {
  test('is tested at its head commit, with steps that move, and leaves a report', async () => {
    const held = heldRunner()
    const { bot, github, news, received } = await set({ runner: held.runner })
    const { sha, number } = await openPull()
    const { job, onProgress, end } = await held.job(0)
    expect(job).toMatchObject({ backend: 'toy', commit: sha, target: { backendsPath: 'src/proxima/backends' } })
    expect(job.snapshot).toMatchObject({ distribution: 'toy', version: '1.2.3' })
    const { data: commit } = await bot.rest.git.getCommit({ ...WHERE, commit_sha: sha })
    expect(job.tree).toBe(commit.tree.sha)
    await job.withCheckout(async (folder) => {
      expect(await readFile(join(folder, BACKEND, 'requirements.txt'), 'utf8')).toBe(LOCK)
    })
    const [run] = await runs()
    expect(run).toMatchObject({
      event: 'pull_request',
      status: 'in_progress',
      conclusion: null,
      head_sha: sha,
      head_branch: 'graft/1-toy',
      path: '.github/workflows/graft.yml',
      name: 'Graft',
      run_attempt: 1,
      pull_requests: [{ number }],
      head_commit: { id: sha, tree_id: job.tree },
    })
    const id = run?.id ?? 0
    const steps = async () => stepsOf((await jobs(id)).find(({ name }) => name === 'Test')?.steps)
    expect(await steps()).toMatchObject({ 'Check out': 'success', Install: 'in_progress', Unit: 'queued' })
    expect(await jobs(id)).toMatchObject([{ name: 'Measure', conclusion: 'skipped', steps: [] }, { name: 'Test' }])
    onProgress({ type: 'note', stage: 'test', detail: 'running the tests' })
    expect(await steps()).toMatchObject({ Install: 'success', Unit: 'in_progress', Report: 'queued' })
    expect((await bot.rest.actions.listWorkflowRunArtifacts({ ...WHERE, run_id: id })).data.total_count).toBe(0)
    end(reportOf(job, ['performance']))
    await github.idle()
    expect(await steps()).toMatchObject({
      ...{ Unit: 'success', Integration: 'success', Performance: 'failure', Compatibility: 'success' },
      ...{ Report: 'failure', Upload: 'success', 'Complete job': 'success' },
    })
    expect(await runs({ head_sha: sha })).toMatchObject([{ status: 'completed', conclusion: 'failure' }])
    const report = await readTestArtifact(await download(id, 'graft-test'))
    expect(report).toMatchObject({ backend: 'toy', commit: sha, failed: 1 })
    const { data: checks } = await bot.rest.checks.listForRef({ ...WHERE, ref: sha })
    expect(checks.check_runs.map(({ name, conclusion, app }) => `${app?.slug} ${name} ${conclusion}`).sort()).toEqual([
      'github-actions Measure skipped',
      'github-actions Test failure',
    ])
    const told = (await news()).filter((name) => name.startsWith('workflow_'))
    expect(told).toEqual([
      'workflow_run.requested',
      'workflow_job.completed',
      'workflow_job.queued',
      'workflow_run.in_progress',
      'workflow_job.in_progress',
      'workflow_job.completed',
      'workflow_run.completed',
    ])
    expect(received.findLast(({ event }) => event === 'workflow_run')?.payload).toMatchObject({
      workflow_run: { id, conclusion: 'failure', head_sha: sha, pull_requests: [{ number }] },
      repository: { full_name: NAME },
    })
  })

  test('that gets a new head is tested anew, and the old run is cancelled and writes nothing more', async () => {
    const held = heldRunner()
    const { bot, github, news } = await set({ runner: held.runner })
    const first = await openPull()
    const old = await held.job(0)
    const second = await publish(bot, 'graft/1-toy', { 'more.txt': 'x\n' })
    const fresh = await held.job(1)
    expect(fresh.job.commit).toBe(second)
    fresh.end(reportOf(fresh.job))
    old.end(reportOf(old.job, ['unit']))
    await github.idle()
    expect((await runs()).map((run) => [run.head_sha, run.conclusion])).toEqual([
      [second, 'success'],
      [first.sha, 'cancelled'],
    ])
    const told = (await news()).filter((name) => name === 'workflow_run.completed')
    expect(told).toHaveLength(2)
    const { data } = await bot.rest.actions.listArtifactsForRepo(WHERE)
    expect(data.artifacts).toMatchObject([{ name: 'graft-test', workflow_run: { head_sha: second } }])
  })

  test('is not tested while it conflicts, nor with Actions off, nor without the workflow', async () => {
    const { bot, as, github } = await set({ runner: allPass })
    const readme = (text: string) => ({ 'README.md': text })
    await publish(bot, 'graft/1-toy', { ...FILES, ...readme('theirs\n') })
    await publish(as('ada'), 'main', readme('ours\n'))
    await bot.rest.pulls.create({ ...WHERE, head: 'graft/1-toy', base: 'main', title: 'conflict' })
    await github.idle()
    expect(await runs()).toEqual([])
    github.configure(NAME, { actions: false })
    await openPull('graft/2-toy')
    await github.idle()
    expect(await runs()).toEqual([])
    github.configure(NAME, { actions: true })
    await bot.rest.git.deleteRef({ ...WHERE, ref: 'heads/graft/2-toy' })
    const main = await bot.rest.git.getRef({ ...WHERE, ref: 'heads/main' })
    const tree = { path: '.github/workflows/graft.yml', mode: '100644', type: 'blob', sha: null } as const
    const { data } = await as('ada').rest.git.createTree({ ...WHERE, base_tree: main.data.object.sha, tree: [tree] })
    const parents = [main.data.object.sha]
    const bare = await as('ada').rest.git.createCommit({ ...WHERE, message: 'bare', tree: data.sha, parents })
    await as('ada').rest.git.updateRef({ ...WHERE, ref: 'heads/main', sha: bare.data.sha })
    await openPull('graft/3-toy')
    await github.idle()
    expect(await runs()).toEqual([])
    expect((await bot.rest.actions.listRepoWorkflows(WHERE)).data.total_count).toBe(0)
  })

  test('without its backend fails in its first step and says why', async () => {
    const { github } = await set({ runner: allPass })
    await openPull('graft/1-other')
    await github.idle()
    const [run] = await runs()
    expect(run?.conclusion).toBe('failure')
    const [, job] = await jobs(run?.id ?? 0)
    expect(stepsOf(job?.steps)).toMatchObject({ Install: 'failure', Report: 'failure', Upload: 'success' })
    const report = await readTestArtifact(await download(run?.id ?? 0, 'graft-test'))
    expect(report.tests).toMatchObject([{ category: 'run', outcome: 'error' }])
  })

  test('without its tests fails in each of them', async () => {
    const { github } = await set({ runner: allPass })
    await openPull('graft/1-toy', { [`${BACKEND}/requirements.txt`]: LOCK })
    await github.idle()
    const [run] = await runs()
    const [, job] = await jobs(run?.id ?? 0)
    expect(stepsOf(job?.steps)).toMatchObject({ Install: 'success', Unit: 'failure', Compatibility: 'failure' })
    const report = await readTestArtifact(await download(run?.id ?? 0, 'graft-test'))
    expect(report.tests).toMatchObject([{ message: 'The commit has no tests/backends/test_toy.py.' }])
  })

  test('whose runner breaks has failed, and the check says how', async () => {
    const held = heldRunner()
    const { bot, github } = await set({ runner: held.runner })
    const { sha } = await openPull()
    ;(await held.job(0)).fail(new Error('no Python'))
    await github.idle()
    expect(await runs()).toMatchObject([{ conclusion: 'failure' }])
    const { data } = await bot.rest.checks.listForRef({ ...WHERE, ref: sha, check_name: 'Test' })
    expect(data.check_runs).toMatchObject([{ conclusion: 'failure', output: { summary: 'no Python' } }])
  })

  test('of somebody else gets a run in which all is skipped', async () => {
    const { github } = await set({ runner: allPass })
    await openPull('topic')
    await openPull('graft/setup')
    await github.idle()
    expect((await runs()).map(({ head_branch, conclusion }) => `${head_branch} ${conclusion}`)).toEqual([
      'graft/setup skipped',
      'topic skipped',
    ])
  })
})

describe('a measuring branch', () => {
  const request = makeRequest(SNAPSHOT, TARGET, SEARCH, [])

  test('is measured by its request, and leaves what was prepared and measured', async () => {
    const asked: unknown[] = []
    const runner: Runner = {
      ...allPass,
      prepare(job, onProgress) {
        asked.push(job)
        return allPass.prepare(job, onProgress)
      },
    }
    const { bot, github } = await set({ runner })
    const sha = await publish(bot, 'graft-measure/12', { '.graft/request.json': JSON.stringify(request) })
    await github.idle()
    expect(asked).toMatchObject([
      {
        snapshot: { distribution: 'toy', version: '1.2.3', requiresPython: '>=3.9' },
        target: { requirements: ['numpy>=1'], requiresPython: '>=3.11' },
        request: SEARCH,
      },
    ])
    const [run] = await runs({ branch: 'graft-measure/12', event: 'push' })
    expect(run).toMatchObject({ event: 'push', head_sha: sha, conclusion: 'success', pull_requests: [] })
    const [job] = await jobs(run?.id ?? 0)
    expect(stepsOf(job?.steps)).toMatchObject({ Install: 'success', Measure: 'success', Upload: 'success' })
    const result = await readMeasureArtifact(await download(run?.id ?? 0, 'graft-measure'))
    expect(result.measurement).toEqual(MEASURED)
    expect(result.prepared).toMatchObject({
      ok: true,
      binding: request.binding,
      python: '3.12.4',
      pins: [{ name: 'toy', version: '1.2.3' }],
    })
    await bot.rest.git.deleteRef({ ...WHERE, ref: 'heads/graft-measure/12' })
    await github.idle()
    expect(await runs()).toHaveLength(1)
  })

  test('that cannot be installed is a result; a request that is none is a failure without artifact', async () => {
    const refuse: Runner = {
      ...allPass,
      prepare: async () => ({ ok: false, reason: 'no_wheel', message: 'There is no wheel.' }),
    }
    const { bot, github } = await set({ runner: refuse })
    await publish(bot, 'graft-measure/1', { '.graft/request.json': JSON.stringify(request) })
    await github.idle()
    const [refused] = await runs()
    expect(refused?.conclusion).toBe('success')
    const result = await readMeasureArtifact(await download(refused?.id ?? 0, 'graft-measure'))
    expect(result).toEqual({ prepared: expect.objectContaining({ ok: false, message: 'There is no wheel.' }) })
    const forged = { ...request, purl: 'pkg:pypi/other@1' }
    await publish(bot, 'graft-measure/2', { '.graft/request.json': JSON.stringify(forged) })
    await github.idle()
    const [failed] = await runs()
    expect(failed?.conclusion).toBe('failure')
    const [job] = await jobs(failed?.id ?? 0)
    expect(stepsOf(job?.steps)).toMatchObject({ Install: 'failure', Measure: 'skipped' })
    const left = await bot.rest.actions.listWorkflowRunArtifacts({ ...WHERE, run_id: failed?.id ?? 0 })
    expect(left.data.artifacts).toEqual([])
  })

  test('of a retest or a verification tests the commit that it points to', async () => {
    const { bot, github } = await set({ runner: allPass })
    const sha = await publish(bot, 'graft/1-toy', FILES)
    for (const branch of ['graft-measure/1-test-toy', 'graft-measure/1-verify-toy']) {
      await bot.rest.git.createRef({ ...WHERE, ref: `refs/heads/${branch}`, sha })
    }
    await github.idle()
    const done = await runs({ status: 'success' })
    expect(done.map(({ head_branch }) => head_branch)).toEqual([
      'graft-measure/1-verify-toy',
      'graft-measure/1-test-toy',
    ])
    const report = await readTestArtifact(await download(done[0]?.id ?? 0, 'graft-test'))
    expect(report).toMatchObject({ backend: 'toy', commit: sha, passed: 4 })
  })
})

describe('runs', () => {
  test('stay queued without a runner, and can be cancelled once', async () => {
    const { bot, github } = await set()
    await openPull()
    await github.idle()
    const [run] = await runs({ status: 'queued' })
    const where = { ...WHERE, run_id: run?.id ?? 0 }
    expect((await bot.rest.actions.cancelWorkflowRun(where)).status).toBe(202)
    expect(await runs()).toMatchObject([{ status: 'completed', conclusion: 'cancelled' }])
    expect(await refusalOf(bot.rest.actions.cancelWorkflowRun(where))).toMatchObject({ status: 409 })
    expect(await refusalOf(bot.rest.actions.getWorkflowRun({ ...WHERE, run_id: 1 }))).toMatchObject({ status: 404 })
  })

  test('run again by the API and by Re-run of their check, as further attempts', async () => {
    const held = heldRunner()
    const { bot, github } = await set({ runner: held.runner })
    const { sha } = await openPull()
    const first = await held.job(0)
    const [run] = await runs()
    const where = { ...WHERE, run_id: run?.id ?? 0 }
    expect(await refusalOf(bot.rest.actions.reRunWorkflow(where))).toMatchObject({ status: 403 })
    first.end(reportOf(first.job, ['unit']))
    await github.idle()
    expect((await bot.rest.actions.reRunWorkflow(where)).status).toBe(201)
    const second = await held.job(1)
    expect(await runs()).toMatchObject([{ id: run?.id, status: 'in_progress', run_attempt: 2 }])
    second.end(reportOf(second.job))
    await github.idle()
    const { data } = await bot.rest.checks.listForRef({ ...WHERE, ref: sha, check_name: 'Test' })
    expect(data.check_runs).toMatchObject([{ conclusion: 'success' }])
    const foreign = { ...WHERE, check_run_id: data.check_runs[0]?.id ?? 0, conclusion: 'success' } as const
    expect(await refusalOf(bot.rest.checks.update(foreign))).toMatchObject({ status: 403 })
    github.pressButton(NAME, data.check_runs[0]?.id ?? 0, 'ben', 'rerequest')
    const third = await held.job(2)
    third.end(reportOf(third.job))
    await github.idle()
    expect(await runs()).toMatchObject([{ conclusion: 'success', run_attempt: 3, triggering_actor: { login: 'ben' } }])
  })

  test('end with the server; a runner that was made for a run hears of it', async () => {
    const signals: AbortSignal[] = []
    const started = Promise.withResolvers<void>()
    const { close } = await set({
      runner: ({ signal }) => ({
        ...allPass,
        test: () =>
          new Promise((_resolve, reject) => {
            signals.push(signal)
            signal.addEventListener('abort', () => reject(signal.reason))
            started.resolve()
          }),
      }),
    })
    await openPull()
    await started.promise
    stage = undefined
    await close()
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  })

  test('need a token for their artifacts, and the address of a download is nobody’s to guess', async () => {
    const { bot, github } = await set({ runner: allPass })
    await openPull()
    await github.idle()
    const { data } = await bot.rest.actions.listArtifactsForRepo({ ...WHERE, name: 'graft-test' })
    const address = `${github.url}/repos/${NAME}/actions/artifacts/${data.artifacts[0]?.id}/zip`
    expect((await fetch(address)).status).toBe(401)
    expect((await fetch(new URL('/_downloads/0', github.url))).status).toBe(404)
    const { data: workflow } = await bot.rest.actions.getWorkflow({ ...WHERE, workflow_id: 'graft.yml' })
    expect(workflow).toMatchObject({ name: 'Graft', state: 'active', path: '.github/workflows/graft.yml' })
    const listed = await bot.rest.actions.listWorkflowRuns({ ...WHERE, workflow_id: 'graft.yml' })
    expect(listed.data.total_count).toBe(1)
  })
})
