import { afterEach, describe, expect, test } from 'vitest'
import type { Delivery, EmbeddedOptions } from '../../src/embedded/embedded.ts'
import { NAME, refusalOf, type Stage, setStage, WHERE } from './support/github.ts'
import { publish } from './support/repository-server.ts'

let stage: Stage | undefined

afterEach(async () => {
  await stage?.close()
  stage = undefined
})

async function set(options: Partial<EmbeddedOptions> = {}): Promise<Stage> {
  stage = await setStage(options)
  return stage
}

describe('webhooks', () => {
  test('are kept until there is an address, and come in order with ids of their own', async () => {
    const { github, bot, news, received, installation, receiver } = await set()
    expect(await news()).toEqual(['installation.created'])
    expect(received[0]?.payload).toMatchObject({
      installation: { id: installation, account: { login: 'ada' }, permissions: { issues: 'write' } },
      repositories: [{ full_name: NAME, private: false }],
      sender: { login: 'ada' },
    })
    github.setWebhookUrl(undefined)
    for (const title of ['1', '2', '3']) await bot.rest.issues.create({ ...WHERE, title })
    expect(await news()).toEqual([])
    github.setWebhookUrl(receiver)
    await github.idle()
    expect(received.slice(1).map(({ payload }) => payload.issue.title)).toEqual(['1', '2', '3'])
    expect(new Set(received.map(({ id }) => id)).size).toBe(received.length)
    for (const { id } of received) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })

  test('are only those of the manifest, and of what the installation may read', async () => {
    const manifest =
      'name: Graft\ndefault_permissions: {issues: write, contents: write}\ndefault_events: [issue_comment]\n'
    const { github, bot, as, news, installation } = await set({ manifest })
    await news()
    await bot.rest.issues.create({ ...WHERE, title: 'x' })
    const comment = () => bot.rest.issues.createComment({ ...WHERE, issue_number: 1, body: 'x' })
    await comment()
    expect(await news()).toEqual(['issue_comment.created'])
    github.setInstallationPermission(installation, 'issues', undefined)
    expect(await refusalOf(comment())).toMatchObject({ status: 403 })
    await as('ben').rest.issues.createComment({ ...WHERE, issue_number: 1, body: 'x' })
    expect(await news()).toEqual(['installation.new_permissions_accepted'])
  })

  test('say what becomes of an installation; a suspended one hears of nothing else', async () => {
    const { github, as, news, installation, received, folder } = await set()
    await news()
    github.setInstallation(installation, 'suspended')
    await as('ben').rest.issues.create({ ...WHERE, title: 'unheard' })
    github.setInstallation(installation, 'active')
    await as('ben').rest.issues.create({ ...WHERE, title: 'heard' })
    expect((await news()).sort()).toEqual(['installation.suspend', 'installation.unsuspend', 'issues.opened'])
    await github.addRepository({ owner: 'ada', name: 'second', from: folder })
    github.setInstallationRepositories(installation, ['ada/second'])
    expect(await news()).toEqual(['installation_repositories.added', 'installation_repositories.removed'])
    expect(received.at(-2)?.payload.repositories_added).toMatchObject([{ full_name: 'ada/second' }])
    expect(received.at(-1)?.payload.repositories_removed).toMatchObject([{ full_name: NAME }])
    github.setInstallation(installation, 'deleted')
    await as('ben').rest.issues.create({ ...WHERE, title: 'unheard' })
    expect(await news()).toEqual(['installation.deleted'])
  })

  test('are dropped, doubled and delayed by a test; a redelivery keeps its id', async () => {
    const { github, bot, news, received } = await set()
    await news()
    const caught: Delivery[] = []
    github.onDelivery = (delivery) => {
      caught.push(delivery)
      return false
    }
    await bot.rest.issues.create({ ...WHERE, title: 'one' })
    await bot.rest.issues.create({ ...WHERE, title: 'two' })
    expect(await news()).toEqual([])
    const [one, two] = caught as [Delivery, Delivery]
    expect([await github.deliver(two), await github.deliver(one), await github.deliver(two)]).toEqual([202, 202, 202])
    expect(received.slice(-3).map(({ id }) => id)).toEqual([two.id, one.id, two.id])
    expect(received.at(-1)?.payload).toMatchObject({ action: 'opened', issue: { title: 'two' } })
  })

  test('that nobody takes are not repeated, and hold up nothing', async () => {
    const { github, bot, news, receiver } = await set()
    await news()
    github.setWebhookUrl('http://127.0.0.1:9/')
    await bot.rest.issues.create({ ...WHERE, title: 'lost' })
    await github.idle()
    const delivery = { id: 'x', event: 'ping', action: undefined, payload: {} }
    expect(await github.deliver(delivery)).toBe(0)
    github.setWebhookUrl(receiver)
    expect(await news()).toEqual([])
  })

  test('tell that a repository has another name; its old one leads to it', async () => {
    const { github, bot, news, received } = await set()
    await news()
    github.renameRepository(NAME, 'ada/renamed')
    expect(await news()).toEqual(['repository.renamed'])
    expect(received.at(-1)?.payload).toMatchObject({
      repository: { full_name: 'ada/renamed' },
      changes: { repository: { name: { from: 'proxima' } } },
    })
    expect((await bot.rest.repos.get(WHERE)).data.full_name).toBe('ada/renamed')
    const made = await bot.rest.issues.create({ ...WHERE, title: 'by the old name' })
    expect(made.status).toBe(201)
    expect((await bot.rest.issues.listForRepo({ owner: 'ada', repo: 'renamed' })).data).toHaveLength(1)
    expect(github.cloneUrl('ada/renamed')).toMatch(/\/ada\/renamed\.git$/)
  })

  test('tell of the merge queue, at the commit that would be merged', async () => {
    const { github, bot, as, news, received } = await set()
    const head = await publish(bot, 'topic', { 'topic.txt': 'x\n' })
    await as('ben').rest.pulls.create({ ...WHERE, head: 'topic', base: 'main', title: 'Topic' })
    await news()
    const commit = await github.addToMergeQueue(NAME, 1)
    expect(await news()).toContain('merge_group.checks_requested')
    const { merge_group: group } = received.find(({ event }) => event === 'merge_group')?.payload ?? {}
    expect(group).toMatchObject({ head_sha: commit, base_ref: 'refs/heads/main' })
    const { data } = await bot.rest.git.getCommit({ ...WHERE, commit_sha: commit })
    expect(data.parents[1]?.sha).toBe(head)
    expect((await bot.rest.checks.create({ ...WHERE, name: 'graft', head_sha: commit })).status).toBe(201)
  })
})

describe('faults', () => {
  test('answer instead of doing, or after doing, and only for the App', async () => {
    let next: ReturnType<NonNullable<EmbeddedOptions['fault']>>
    const seen: string[] = []
    const { github, bot, as } = await set({
      fault: ({ method, route, actor }) => {
        seen.push(`${actor.replace(/\d+/, 'N')} ${method} ${route}`)
        const fault = method === 'POST' && route?.endsWith('/issues') ? next : undefined
        if (fault !== undefined) next = undefined
        return fault
      },
    })
    const create = (title: string) => bot.rest.issues.create({ ...WHERE, title })
    const titles = async () => (await bot.rest.issues.listForRepo(WHERE)).data.map(({ title }) => title)
    next = { instead: { status: 403, body: { message: 'slow down' }, headers: { 'retry-after': '7' } } }
    const refusal = await refusalOf(create('not done'))
    expect(refusal).toMatchObject({ status: 403, message: 'slow down', headers: { 'retry-after': '7' } })
    expect(await titles()).toEqual([])
    next = { afterwards: { status: 502, body: { message: 'Server Error' } } }
    expect(await refusalOf(create('done'))).toMatchObject({ status: 502 })
    expect(await titles()).toEqual(['done'])
    next = { drop: 'before' }
    await expect(create('dropped')).rejects.toThrow()
    expect(await titles()).toEqual(['done'])
    next = { drop: 'after' }
    await expect(create('unheard')).rejects.toThrow()
    expect(await titles()).toEqual(['unheard', 'done'])
    next = { drop: 'before' }
    expect((await as('ben').rest.issues.create({ ...WHERE, title: 'by a person' })).status).toBe(201)
    expect(seen).toContain('installation:N POST /repos/{owner}/{repo}/issues')
    expect(seen.every((line) => !line.startsWith('user'))).toBe(true)
    const statuses = github.exchanges
      .filter(({ method, route }) => method === 'POST' && route === '/repos/{owner}/{repo}/issues')
      .map(({ status }) => status)
    expect(statuses).toEqual([403, 502, 0, 0, 201])
  })
})

test('every exchange is handed on after its answer, numbered, with both bodies', async () => {
  const seen: { number: number; status: number; title: unknown }[] = []
  const { bot, github } = await set({
    onExchange: ({ number, status, requestBody }) =>
      seen.push({ number, status, title: (requestBody as { title?: string } | undefined)?.title }),
  })
  await bot.rest.issues.create({ ...WHERE, title: 'x' })
  const exchange = github.exchanges.at(-1)
  expect(exchange).toMatchObject({ method: 'POST', requestBody: { title: 'x' }, responseBody: { title: 'x' } })
  await bot.rest.issues.get({ ...WHERE, issue_number: 1 })
  await expect.poll(() => seen.length).toBe(github.exchanges.length)
  expect(seen.map(({ number }) => number)).toEqual(github.exchanges.map((_, index) => index + 1))
  expect(seen).toContainEqual({ number: exchange?.number, status: 201, title: 'x' })
})
