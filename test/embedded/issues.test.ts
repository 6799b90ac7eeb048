import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { NAME, refusalOf, type Stage, setStage, WHERE } from './support/github.ts'

let stage: Stage

beforeAll(async () => {
  stage = await setStage()
})
beforeEach(() => stage.news())
afterAll(() => stage.close())

async function open(title = 'A request', body = 'Please.'): Promise<number> {
  const { data } = await stage.as('cleo').rest.issues.create({ ...WHERE, title, body })
  return data.number
}

describe('issues', () => {
  test('are opened by people, who are named; the App hears of it with everything in the payload', async () => {
    const number = await open()
    const { data } = await stage.bot.rest.issues.get({ ...WHERE, issue_number: number })
    expect(data).toMatchObject({
      number,
      title: 'A request',
      body: 'Please.',
      state: 'open',
      user: { login: 'cleo', type: 'User' },
      author_association: 'NONE',
      performed_via_github_app: null,
      comments: 0,
    })
    expect(data.html_url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ada\/proxima\/issues\/\d+$/)
    expect(data.pull_request).toBeUndefined()
    expect(await stage.news()).toEqual(['issues.opened'])
    expect(stage.received.at(-1)?.payload).toMatchObject({
      issue: { number, user: { login: 'cleo' } },
      repository: { full_name: NAME, default_branch: 'main', owner: { login: 'ada' } },
      installation: { id: stage.installation },
      sender: { login: 'cleo' },
    })
  })

  test('are filed by a form: its labels, and a body as GitHub writes it', async () => {
    const values = { source: 'qulacs', 'simulator-types': ['Statevector'] }
    const number = await stage.github.fileForm(NAME, 'cleo', 'graft.yml', { title: 'qulacs', values })
    const { data } = await stage.bot.rest.issues.get({ ...WHERE, issue_number: number })
    expect(data.title).toBe('Integrate quantum simulator qulacs')
    expect(data.labels).toMatchObject([{ name: 'graft' }])
    expect(data.body).toContain('### Source\n\nqulacs\n\n### Name\n\n_No response_\n\n')
    expect(data.body).toContain('### Simulator types\n\n- [X] Statevector\n- [ ] Density matrix\n')
    expect(data.body).toContain('### Noise\n\n_No response_')
    expect(data.body).toMatch(/### Test circuit\n\nbell\n\n### Shots\n\n1024$/)
    expect(await stage.news()).toEqual(['label.created', 'issues.opened', 'issues.labeled'])
    const missing = stage.github.fileForm(NAME, 'cleo', 'graft.yml', { title: '', values: {} })
    await expect(missing).rejects.toThrow('The field Source must be filled in')
    const unknown = stage.github.fileForm(NAME, 'cleo', 'graft.yml', { title: '', values: { source: 'a', b: 'c' } })
    await expect(unknown).rejects.toThrow('no field b')
  })

  test('are edited by their author and by writers; the event says what stood there', async () => {
    const issue = { ...WHERE, issue_number: await open() }
    await stage.news()
    await stage.as('cleo').rest.issues.update({ ...issue, body: 'Better.' })
    expect(await stage.news()).toEqual(['issues.edited'])
    expect(stage.received.at(-1)?.payload.changes).toEqual({ body: { from: 'Please.' } })
    await stage.as('ben').rest.issues.update({ ...issue, body: 'Better.' })
    expect(await stage.news()).toEqual([])
    await stage.as('ben').rest.issues.update({ ...issue, title: 'New' })
    expect(await stage.news()).toEqual(['issues.edited'])
    const foreign = (await stage.bot.rest.issues.create({ ...WHERE, title: 'Ours' })).data.number
    const refusal = await refusalOf(
      stage.as('cleo').rest.issues.update({ ...WHERE, issue_number: foreign, title: 'x' }),
    )
    expect(refusal.status).toBe(403)
  })

  test('are closed with a reason and opened again, once each', async () => {
    const issue = { ...WHERE, issue_number: await open() }
    await stage.news()
    const closed = await stage.as('cleo').rest.issues.update({ ...issue, state: 'closed', state_reason: 'not_planned' })
    expect(closed.data).toMatchObject({ state: 'closed', state_reason: 'not_planned', closed_by: { login: 'cleo' } })
    await stage.as('cleo').rest.issues.update({ ...issue, state: 'closed' })
    const opened = await stage.as('cleo').rest.issues.update({ ...issue, state: 'open' })
    expect(opened.data).toMatchObject({ state: 'open', state_reason: 'reopened', closed_at: null })
    expect(await stage.news()).toEqual(['issues.closed', 'issues.reopened'])
  })

  test('have no empty title and no body beyond 65,536 characters', async () => {
    const create = (title: string, body: string) => refusalOf(stage.bot.rest.issues.create({ ...WHERE, title, body }))
    expect(await create(' ', '')).toMatchObject({ status: 422, errors: [{ field: 'title', code: 'missing_field' }] })
    expect(await create('x', 'y'.repeat(65_537))).toMatchObject({ status: 422, errors: [{ field: 'body' }] })
    expect(await create('x'.repeat(257), '')).toMatchObject({ status: 422 })
    const untitled = stage.bot.request('POST /repos/{owner}/{repo}/issues', { ...WHERE, title: undefined as never })
    expect(await refusalOf(untitled)).toMatchObject({ status: 422 })
  })

  test('are listed by state, label, creator and time, newest first', async () => {
    const labelled = (await stage.bot.rest.issues.create({ ...WHERE, title: 'L', labels: ['Seen', 'two'] })).data.number
    const closed = await open()
    await stage.bot.rest.issues.update({ ...WHERE, issue_number: closed, state: 'closed' })
    const list = async (query: object) =>
      (await stage.bot.rest.issues.listForRepo({ ...WHERE, per_page: 100, ...query })).data.map(({ number }) => number)
    expect(await list({ labels: 'seen,two' })).toEqual([labelled])
    expect(await list({ state: 'closed' })).toContain(closed)
    expect(await list({})).not.toContain(closed)
    const all = await list({ state: 'all' })
    expect(all).toEqual([...all].sort((one, other) => other - one))
    expect(await list({ creator: 'graft[bot]' })).toContain(labelled)
    expect(await list({ creator: 'graft[bot]' })).not.toContain(closed)
    expect(await list({ since: '2999-01-01T00:00:00Z' })).toEqual([])
  })

  test('that were deleted answer 410, those that were transferred lead away', async () => {
    const [deleted, moved] = [await open(), await open()]
    await stage.news()
    stage.github.removeIssue(NAME, deleted, 'deleted')
    stage.github.removeIssue(NAME, moved, 'transferred')
    expect(await stage.news()).toEqual(['issues.deleted', 'issues.transferred'])
    const get = (issue_number: number) => refusalOf(stage.bot.rest.issues.get({ ...WHERE, issue_number }))
    expect(await get(deleted)).toMatchObject({ status: 410, message: 'This issue was deleted' })
    expect(await get(moved)).toMatchObject({ status: 404 })
    expect(await get(99_999)).toMatchObject({ status: 404 })
    const comment = stage.bot.rest.issues.createComment({ ...WHERE, issue_number: deleted, body: 'x' })
    expect(await refusalOf(comment)).toMatchObject({ status: 410 })
  })

  test('switched off are 410, and nothing in an archived repository is written', async () => {
    const number = await open()
    await stage.news()
    stage.github.configure(NAME, { issues: false })
    const message = 'Issues has been disabled in this repository.'
    expect(await refusalOf(stage.bot.rest.issues.listForRepo(WHERE))).toMatchObject({ status: 410, message })
    expect(await refusalOf(open())).toMatchObject({ status: 410, message })
    stage.github.configure(NAME, { issues: true, archived: true })
    const write = () => stage.bot.rest.issues.createComment({ ...WHERE, issue_number: number, body: 'x' })
    expect(await refusalOf(write())).toMatchObject({
      status: 403,
      message: 'Repository was archived so is read-only.',
    })
    expect((await stage.bot.rest.issues.get({ ...WHERE, issue_number: number })).status).toBe(200)
    stage.github.configure(NAME, { archived: false })
    expect((await write()).status).toBe(201)
    expect(await stage.news()).toEqual(['repository.archived', 'repository.unarchived', 'issue_comment.created'])
  })
})

describe('comments', () => {
  test('are made, edited and deleted, and each is told', async () => {
    const issue_number = await open()
    await stage.news()
    const made = await stage.bot.rest.issues.createComment({ ...WHERE, issue_number, body: 'One' })
    expect(made.data).toMatchObject({
      body: 'One',
      user: { login: 'graft[bot]', type: 'Bot' },
      performed_via_github_app: { slug: 'graft' },
    })
    const comment = { ...WHERE, comment_id: made.data.id }
    await stage.bot.rest.issues.updateComment({ ...comment, body: 'Two' })
    await stage.bot.rest.issues.updateComment({ ...comment, body: 'Two' })
    expect((await stage.bot.rest.issues.getComment(comment)).data.body).toBe('Two')
    await stage.bot.rest.issues.deleteComment(comment)
    expect(await refusalOf(stage.bot.rest.issues.getComment(comment))).toMatchObject({ status: 404 })
    expect(await stage.news()).toEqual(['issue_comment.created', 'issue_comment.edited', 'issue_comment.deleted'])
    expect(stage.received.at(-2)?.payload).toMatchObject({
      comment: { body: 'Two' },
      changes: { body: { from: 'One' } },
      issue: { number: issue_number },
    })
  })

  test('of others are edited by writers only, and none is empty', async () => {
    const issue_number = await open()
    const { data } = await stage.as('cleo').rest.issues.createComment({ ...WHERE, issue_number, body: '/approve' })
    const edit = (login: string) =>
      stage.as(login).rest.issues.updateComment({ ...WHERE, comment_id: data.id, body: `by ${login}` })
    expect((await edit('cleo')).status).toBe(200)
    expect((await edit('ben')).status).toBe(200)
    const ours = await stage.bot.rest.issues.createComment({ ...WHERE, issue_number, body: 'x' })
    const byReader = stage.as('cleo').rest.issues.updateComment({ ...WHERE, comment_id: ours.data.id, body: 'y' })
    expect(await refusalOf(byReader)).toMatchObject({ status: 403 })
    const empty = await refusalOf(stage.bot.rest.issues.createComment({ ...WHERE, issue_number, body: ' \n' }))
    expect(empty).toMatchObject({ status: 422, errors: [{ message: 'Body cannot be blank' }] })
    const long = stage.bot.rest.issues.createComment({ ...WHERE, issue_number, body: 'x'.repeat(65_537) })
    expect(await refusalOf(long)).toMatchObject({ status: 422 })
  })

  test('come in pages with links, oldest first', async () => {
    const issue_number = await open()
    for (const body of ['1', '2', '3', '4', '5']) {
      await stage.bot.rest.issues.createComment({ ...WHERE, issue_number, body })
    }
    const list = (query: object) => stage.bot.rest.issues.listComments({ ...WHERE, issue_number, ...query })
    const second = await list({ per_page: 2, page: 2 })
    expect(second.data.map(({ body }) => body)).toEqual(['3', '4'])
    const address = `${stage.github.url}/repos/ada/proxima/issues/${issue_number}/comments?per_page=2&page=`
    expect(second.headers.link).toBe(
      `<${address}1>; rel="prev", <${address}3>; rel="next", <${address}3>; rel="last", <${address}1>; rel="first"`,
    )
    const all = await stage.bot.paginate(stage.bot.rest.issues.listComments, { ...WHERE, issue_number, per_page: 2 })
    expect(all.map(({ body }) => body)).toEqual(['1', '2', '3', '4', '5'])
    expect((await list({ since: '2999-01-01T00:00:00Z' })).data).toEqual([])
    expect((await list({ since: '2020-01-01T00:00:00Z' })).data).toHaveLength(5)
    const { data } = await stage.bot.rest.issues.listCommentsForRepo({ ...WHERE, sort: 'created', direction: 'desc' })
    expect(data[0]?.body).toBe('5')
  })

  test('on a locked issue are refused, but not to writers', async () => {
    const issue_number = await open()
    await stage.as('ben').rest.issues.lock({ ...WHERE, issue_number })
    const comment = (login: string) => stage.as(login).rest.issues.createComment({ ...WHERE, issue_number, body: 'x' })
    const message = 'Unable to create comment because issue is locked.'
    expect(await refusalOf(comment('cleo'))).toMatchObject({ status: 403, message })
    const ours = stage.bot.rest.issues.createComment({ ...WHERE, issue_number, body: 'x' })
    expect(await refusalOf(ours)).toMatchObject({ status: 403, message })
    expect((await comment('ben')).status).toBe(201)
    await stage.as('ben').rest.issues.unlock({ ...WHERE, issue_number })
    expect((await comment('cleo')).status).toBe(201)
  })
})

describe('reactions', () => {
  test('say who reacted; a second one of the same kind is the first', async () => {
    const issue_number = await open()
    const { data } = await stage.as('cleo').rest.issues.createComment({ ...WHERE, issue_number, body: '/help' })
    await stage.news()
    const comment = { ...WHERE, comment_id: data.id }
    const first = await stage.bot.rest.reactions.createForIssueComment({ ...comment, content: 'rocket' })
    const again = await stage.bot.rest.reactions.createForIssueComment({ ...comment, content: 'rocket' })
    expect([first.status, again.status]).toEqual([201, 200])
    expect(again.data.id).toBe(first.data.id)
    await stage.as('cleo').rest.reactions.createForIssueComment({ ...comment, content: 'rocket' })
    await stage.as('ben').rest.reactions.createForIssueComment({ ...comment, content: 'eyes' })
    const list = async (query: object = {}) =>
      (await stage.bot.rest.reactions.listForIssueComment({ ...comment, ...query })).data.map(
        ({ content, user }) => `${content} ${user?.login}`,
      )
    expect(await list()).toEqual(['rocket graft[bot]', 'rocket cleo', 'eyes ben'])
    expect(await list({ content: 'eyes' })).toEqual(['eyes ben'])
    const shown = await stage.bot.rest.issues.getComment(comment)
    expect(shown.data.reactions).toMatchObject({ total_count: 3, rocket: 2, eyes: 1, confused: 0 })
    const foreign = stage.as('ben').rest.reactions.deleteForIssueComment({ ...comment, reaction_id: first.data.id })
    expect(await refusalOf(foreign)).toMatchObject({ status: 403 })
    await stage.bot.rest.reactions.deleteForIssueComment({ ...comment, reaction_id: first.data.id })
    expect(await list({ content: 'rocket' })).toEqual(['rocket cleo'])
    const unknown = stage.bot.rest.reactions.createForIssueComment({ ...comment, content: 'wow' as 'eyes' })
    expect(await refusalOf(unknown)).toMatchObject({ status: 422 })
    expect(await stage.news()).toEqual([])
  })

  test('are possible on issues, too', async () => {
    const issue_number = await open()
    await stage.bot.rest.reactions.createForIssue({ ...WHERE, issue_number, content: 'eyes' })
    const { data } = await stage.bot.rest.reactions.listForIssue({ ...WHERE, issue_number })
    expect(data).toMatchObject([{ content: 'eyes', user: { login: 'graft[bot]' } }])
  })
})

describe('labels', () => {
  test('of a repository are made once, renamed and deleted', async () => {
    const { bot } = stage
    const made = await bot.rest.issues.createLabel({ ...WHERE, name: 'graft: plan', color: 'AABBCC' })
    expect(made.data).toMatchObject({ name: 'graft: plan', color: 'aabbcc', description: null })
    const twice = await refusalOf(bot.rest.issues.createLabel({ ...WHERE, name: 'Graft: plan' }))
    expect(twice).toMatchObject({ status: 422, errors: [{ code: 'already_exists' }] })
    await bot.rest.issues.updateLabel({ ...WHERE, name: 'graft: plan', new_name: 'graft: done' })
    expect((await bot.rest.issues.getLabel({ ...WHERE, name: 'graft: done' })).status).toBe(200)
    expect(await refusalOf(bot.rest.issues.getLabel({ ...WHERE, name: 'graft: plan' }))).toMatchObject({ status: 404 })
    await bot.rest.issues.deleteLabel({ ...WHERE, name: 'graft: done' })
    expect(await stage.news()).toEqual(['label.created', 'label.edited', 'label.deleted'])
  })

  test('on an issue are added, set and removed, one event each', async () => {
    const issue_number = await open()
    const issue = { ...WHERE, issue_number }
    await stage.news()
    const { data } = await stage.bot.rest.issues.addLabels({ ...issue, labels: ['fresh', 'fresh', 'other'] })
    expect(data.map(({ name }) => name)).toEqual(['fresh', 'other'])
    expect(await stage.news()).toEqual(['label.created', 'issues.labeled', 'label.created', 'issues.labeled'])
    expect(stage.received.at(-1)?.payload.label.name).toBe('other')
    await stage.bot.rest.issues.setLabels({ ...issue, labels: ['other'] })
    expect(await stage.news()).toEqual(['issues.unlabeled'])
    await stage.bot.rest.issues.removeLabel({ ...issue, name: 'other' })
    expect(await refusalOf(stage.bot.rest.issues.removeLabel({ ...issue, name: 'other' }))).toMatchObject({
      status: 404,
    })
    expect((await stage.bot.rest.issues.listLabelsOnIssue(issue)).data).toEqual([])
    const byReader = stage.as('cleo').rest.issues.addLabels({ ...issue, labels: ['x'] })
    expect(await refusalOf(byReader)).toMatchObject({ status: 403 })
  })
})
