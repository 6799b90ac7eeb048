import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { NAME, refusalOf, type Stage, setStage, WHERE } from './support/github.ts'

let stage: Stage
let head: string

beforeAll(async () => {
  stage = await setStage()
  head = (await stage.bot.rest.git.getRef({ ...WHERE, ref: 'heads/main' })).data.object.sha
})
beforeEach(() => stage.news())
afterAll(() => stage.close())

const button = (identifier: string) => ({ label: `Do ${identifier}`, description: `Does ${identifier}`, identifier })

function create(input: object = {}) {
  return stage.bot.rest.checks.create({ ...WHERE, name: 'graft', head_sha: head, ...input })
}

describe('check runs', () => {
  test('are made, completed and found again, with what only the App reads', async () => {
    const output = { title: 'Waiting', summary: 'For **tests**.', text: 'More.' }
    const made = await create({ status: 'in_progress', external_id: '{"c1":"abc"}', output })
    expect(made.data).toMatchObject({
      name: 'graft',
      head_sha: head,
      status: 'in_progress',
      conclusion: null,
      completed_at: null,
      external_id: '{"c1":"abc"}',
      output,
      app: { slug: 'graft' },
    })
    const run = { ...WHERE, check_run_id: made.data.id }
    const done = await stage.bot.rest.checks.update({
      ...run,
      conclusion: 'action_required',
      actions: [button('undo')],
    })
    expect(done.data).toMatchObject({
      status: 'completed',
      conclusion: 'action_required',
      output: { title: 'Waiting' },
    })
    expect(done.data.completed_at).toMatch(/Z$/)
    await stage.bot.rest.checks.update({ ...run, conclusion: 'success' })
    expect((await stage.bot.rest.checks.get(run)).data.conclusion).toBe('success')
    const reopened = await stage.bot.rest.checks.update({ ...run, status: 'in_progress' })
    expect(reopened.data).toMatchObject({ status: 'in_progress', conclusion: null, completed_at: null })
    expect(await stage.news()).toEqual(['check_run.created', 'check_run.completed'])
    expect(stage.received.at(-1)?.payload.check_run).toMatchObject({
      id: made.data.id,
      check_suite: { head_sha: head },
      actions: [button('undo')],
    })
  })

  test('of a ref are the newest of each name, by name and App', async () => {
    const old = await create({ name: 'twice' })
    const fresh = await create({ name: 'twice' })
    expect(fresh.data.check_suite?.id).toBe(old.data.check_suite?.id)
    const list = async (query: object) => {
      const { data } = await stage.bot.rest.checks.listForRef({ ...WHERE, ref: 'main', ...query })
      expect(data.total_count).toBe(data.check_runs.length)
      return data.check_runs.map(({ id }) => id)
    }
    expect(await list({ check_name: 'twice' })).toEqual([fresh.data.id])
    expect(await list({ check_name: 'twice', filter: 'all' })).toEqual([fresh.data.id, old.data.id])
    expect(await list({ check_name: 'none' })).toEqual([])
    expect(await list({ app_id: 1 })).toEqual([])
    expect(await list({ app_id: stage.github.app.id })).toContain(fresh.data.id)
    const suite = fresh.data.check_suite?.id ?? 0
    const inSuite = await stage.bot.rest.checks.listForSuite({ ...WHERE, check_suite_id: suite, check_name: 'twice' })
    expect(inSuite.data.check_runs.map(({ id }) => id)).toEqual([fresh.data.id])
  })

  test('have at most three buttons of limited length', async () => {
    const refused = async (...actions: object[]) => (await refusalOf(create({ actions }))).message
    const four = ['a', 'b', 'c', 'd'].map(button)
    expect(await refused(...four)).toContain('Only 3 items are allowed; 4 were supplied.')
    const long = { label: 'l'.repeat(20), description: 'd'.repeat(40), identifier: 'i'.repeat(20) }
    expect((await create({ actions: [long] })).status).toBe(201)
    const too = 'characters are allowed'
    expect(await refused({ ...long, label: 'l'.repeat(21) })).toContain(`Only 20 ${too}; 21 were supplied.`)
    expect(await refused({ ...long, description: 'd'.repeat(41) })).toContain(`Only 40 ${too}; 41 were supplied.`)
    expect(await refused({ ...long, identifier: 'i'.repeat(21) })).toContain(`Only 20 ${too}; 21 were supplied.`)
  })

  test('have a summary and a text of at most 65,535 characters, and a conclusion when they are completed', async () => {
    const just = 'x'.repeat(65_535)
    expect((await create({ output: { title: 't', summary: just, text: just } })).status).toBe(201)
    for (const output of [
      { title: 't', summary: `${just}x` },
      { title: 't', summary: '', text: `${just}x` },
    ]) {
      expect(await refusalOf(create({ output }))).toMatchObject({ status: 422 })
    }
    expect(await refusalOf(create({ status: 'completed' }))).toMatchObject({ status: 422 })
    expect(await refusalOf(create({ conclusion: 'great' }))).toMatchObject({ status: 422 })
    expect(await refusalOf(create({ head_sha: 'f'.repeat(40) }))).toMatchObject({
      status: 422,
      message: `No commit found for SHA: ${'f'.repeat(40)}`,
    })
  })

  test('are made by Apps only', async () => {
    const byPerson = stage.as('ada').rest.checks.create({ ...WHERE, name: 'graft', head_sha: head })
    expect(await refusalOf(byPerson)).toMatchObject({ status: 403, message: 'You must authenticate via a GitHub App.' })
    const { data } = await create()
    const update = stage.as('ada').rest.checks.update({ ...WHERE, check_run_id: data.id, conclusion: 'success' })
    expect(await refusalOf(update)).toMatchObject({ status: 403 })
  })

  test('tell of their buttons and of Re-run, and who pressed', async () => {
    const { data } = await create({ conclusion: 'action_required', actions: [button('approve_all')] })
    await stage.news()
    stage.github.pressButton(NAME, data.id, 'cleo', 'approve_all')
    stage.github.pressButton(NAME, data.id, 'ben', 'rerequest')
    expect(await stage.news()).toEqual(['check_run.requested_action', 'check_run.rerequested'])
    expect(stage.received.at(-2)?.payload).toMatchObject({
      requested_action: { identifier: 'approve_all' },
      check_run: { id: data.id },
      sender: { login: 'cleo' },
    })
    expect(stage.received.at(-1)?.payload.sender.login).toBe('ben')
    stage.github.pressButton(NAME, data.id, 'ben', 'rerequest_all')
    expect(await stage.news()).toEqual(['check_suite.rerequested'])
    expect(stage.received.at(-1)?.payload.check_suite).toMatchObject({ head_sha: head, app: { slug: 'graft' } })
    expect(() => stage.github.pressButton(NAME, data.id, 'ben', 'undo')).toThrow('no button undo')
  })
})

test('commit statuses are combined: the newest of each context counts', async () => {
  const set = (context: string, state: 'success' | 'failure' | 'pending') =>
    stage.as('ben').rest.repos.createCommitStatus({ ...WHERE, sha: head, context, state })
  const combined = async () => (await stage.bot.rest.repos.getCombinedStatusForRef({ ...WHERE, ref: 'main' })).data
  expect(await combined()).toMatchObject({ state: 'pending', total_count: 0 })
  await set('ci', 'failure')
  expect((await combined()).state).toBe('failure')
  await set('ci', 'success')
  expect(await combined()).toMatchObject({ state: 'success', total_count: 1, statuses: [{ context: 'ci' }] })
  await set('other', 'pending')
  expect((await combined()).state).toBe('pending')
  const { data } = await stage.bot.rest.repos.listCommitStatusesForRef({ ...WHERE, ref: head })
  expect(data.map(({ context, state }) => `${context} ${state}`)).toEqual(['other pending', 'ci success', 'ci failure'])
})
