/**
 * Pages for people, rendered on the server: issues, pull requests, diff, checks, boxes to file an issue and to comment. Whatever a
 * form does goes through the REST API in the name of the person who is chosen at the top, so a page can do nothing that the API refuses.
 */
import { type Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { html } from 'hono/html'
import type { Account, Issue, Pull, Repo } from '../entities.ts'
import { openIssue } from '../issue-changes.ts'
import type { World } from '../world.ts'
import { issuePage, listEntry, listPage, pathOf } from './issue-pages.ts'
import { type Frame, layout, type Markup, pageOf } from './layout.ts'
import { addLookPages } from './look-pages.ts'
import { formBody, newIssuePage, readIssueForm } from './new-issue-page.ts'
import { checksPage, commitsPage, filesPage, pullPage } from './pull-pages.ts'

const COOKIE = 'as'
const MAX_PROBLEM = 500

export interface PagesOptions {
  readonly world: World
  /** A token that acts for a person. */
  readonly tokenOf: (account: Account) => string
  /** Press of a check run's button, which is no request of the API. */
  readonly press: (repository: Repo, checkRun: number, login: string, identifier: string) => void
}

/** Makes the application; mount it where no API path begins. */
export function createPages(options: PagesOptions): Hono {
  const { world } = options
  const app = new Hono()

  const people = () => [...world.accounts.values()].filter((account) => account.type === 'User')
  const visitorOf = (context: Context): Frame['visitor'] => {
    const everybody = people()
    const account = everybody.find((one) => one.login === getCookie(context, COOKIE)) ?? everybody[0]
    return account && { account, everybody }
  }
  const show = async (context: Context, title: string, content: Markup, repository?: Repo) => {
    const path = context.req.path
    const problem = context.req.query('problem')
    const follow = context.req.query('follow') !== undefined
    const frame: Frame = {
      title,
      visitor: visitorOf(context),
      path,
      problem,
      follow,
      ...(repository && { repository }),
    }
    return context.html(layout(frame, content))
  }
  const repositoryOf = (context: Context): Repo | undefined =>
    world.repository(context.req.param('owner') ?? '', context.req.param('repo') ?? '')
  const issueOf = (context: Context, repository: Repo | undefined): Issue | undefined =>
    repository?.issues.get(Number(context.req.param('number')))
  const missing = async (context: Context) => {
    context.status(404)
    return show(context, 'Not found', html`<h1>Not found</h1><p>There is no such page here.</p>`)
  }

  /** Sends a request of the API in the visitor's name and goes back; a refusal is shown on the page. */
  const act = async (
    context: Context,
    method: string,
    path: string,
    body: unknown,
    next?: (answer: unknown) => string,
  ) => {
    const account = visitorOf(context)?.account
    const back = safePath((await context.req.parseBody()).back)
    if (account === undefined) return context.redirect(back, 303)
    const response = await fetch(`${world.apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${options.tokenOf(account)}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer: unknown = await response.json().catch(() => undefined)
    if (response.ok) return context.redirect(next?.(answer) ?? back, 303)
    return context.redirect(`${back}?problem=${encodeURIComponent(problemOf(answer, response.status))}`, 303)
  }

  // A page of another site must not press buttons here, and a name that resolves to this machine is no address of ours.
  app.use(async (context, next) => {
    const own = new URL(world.webUrl)
    const origin = context.req.header('origin')
    const foreign = context.req.method !== 'GET' && origin !== undefined && origin !== own.origin
    if (context.req.header('host') !== own.host || foreign) return context.text('Not from here.', 403)
    context.header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    )
    await next()
  })

  app.get('/', (context) => {
    const all = [...world.repositories.values()]
    const content = html`<h1>Repositories</h1><ul class="list">${all.map(
      (one) => html`<li><a href="/${one.owner.login}/${one.name}"><b>${one.owner.login}/${one.name}</b></a></li>`,
    )}</ul>`
    return show(context, 'GitHub in a box', content)
  })

  app.post('/as', async (context) => {
    const { login, back } = await context.req.parseBody()
    if (typeof login === 'string') setCookie(context, COOKIE, login, { sameSite: 'Strict', httpOnly: true, path: '/' })
    return context.redirect(safePath(back), 303)
  })

  app.get('/:owner/:repo', (context) => {
    const repository = repositoryOf(context)
    if (repository === undefined) return missing(context)
    const all = [...repository.issues.values()].filter((issue) => issue.removed === undefined).reverse()
    const base = pageOf(repository)
    const list = (state: 'open' | 'closed') => {
      const wanted = all.filter((issue) => issue.state === state)
      return wanted.length === 0
        ? html`<p class="muted">Nothing.</p>`
        : html`<ul class="list">${wanted.map((issue) => listEntry(repository, issue))}</ul>`
    }
    const content = html`<h1>${repository.owner.login}/${repository.name}</h1>
<p><a class="main" href="${base}/issues/new">File an issue</a></p>
<h2>Open</h2>${list('open')}<h2>Closed and merged</h2>${list('closed')}
<h2>Files</h2><p><a href="${base}/tree/${repository.defaultBranch}">Look at ${repository.defaultBranch}</a>, or take it along:</p>
<pre>git clone ${world.webUrl}${base}.git</pre>`
    return show(context, repository.name, content, repository)
  })

  for (const kind of ['issues', 'pulls'] as const) {
    app.get(`/:owner/:repo/${kind}`, (context) => {
      const repository = repositoryOf(context)
      return repository === undefined ? missing(context) : show(context, kind, listPage(repository, kind), repository)
    })
  }

  app.get('/:owner/:repo/issues/new', async (context) => {
    const repository = repositoryOf(context)
    if (repository === undefined) return missing(context)
    const form = await readIssueForm(world, repository)
    return show(context, 'File an issue', newIssuePage(repository, form), repository)
  })

  app.post('/:owner/:repo/issues/new', async (context) => {
    const repository = repositoryOf(context)
    if (repository === undefined) return missing(context)
    const form = await readIssueForm(world, repository)
    const fields = await context.req.parseBody({ all: true })
    const answers = new Map(Object.entries(fields).map(([key, value]) => [key, [value].flat().map(String)]))
    let body: string
    try {
      body = form === undefined ? (answers.get('body')?.[0] ?? '') : formBody(form, answers)
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      return context.redirect(`${context.req.path}?problem=${encodeURIComponent(problem)}`, 303)
    }
    const title = answers.get('title')?.[0] ?? ''
    const { login } = repository.owner
    const page = (number: number) => `/${login}/${repository.name}/issues/${number}`
    if (form === undefined) {
      return act(context, 'POST', `/repos/${login}/${repository.name}/issues`, { title, body }, (answer) =>
        page((answer as { number: number }).number),
      )
    }
    // The form gives its labels to whoever fills it in; the API does not.
    const user = visitorOf(context)?.account
    if (user === undefined || !repository.issuesEnabled || repository.archived) return missing(context)
    const issue = await openIssue(world, repository, { user, viaApp: false }, { title, body, labels: form.labels })
    return context.redirect(page(issue.number), 303)
  })

  app.get('/:owner/:repo/:kind{issues|pull}/:number{[0-9]+}', async (context) => {
    const repository = repositoryOf(context)
    const issue = issueOf(context, repository)
    if (repository === undefined || issue === undefined || issue.removed !== undefined) return missing(context)
    const path = pathOf(repository, issue)
    if (context.req.path !== path) return context.redirect(path)
    const content = isPull(issue) ? await pullPage(world, repository, issue) : issuePage(repository, issue)
    return show(context, `${issue.title} · #${issue.number}`, content, repository)
  })

  for (const [tab, page] of [
    ['commits', commitsPage],
    ['checks', checksPage],
    ['files', filesPage],
  ] as const) {
    app.get(`/:owner/:repo/pull/:number{[0-9]+}/${tab}`, async (context) => {
      const repository = repositoryOf(context)
      const issue = issueOf(context, repository)
      if (repository === undefined || issue === undefined || !isPull(issue)) return missing(context)
      return show(context, `${issue.title} · ${tab}`, await page(world, repository, issue), repository)
    })
  }

  app.post('/:owner/:repo/:kind{issues|pull}/:number{[0-9]+}/:action{comment|state|review|merge}', async (context) => {
    const repository = repositoryOf(context)
    const issue = issueOf(context, repository)
    if (repository === undefined || issue === undefined) return missing(context)
    const api = `/repos/${repository.owner.login}/${repository.name}`
    const fields = await context.req.parseBody()
    const text = (name: string) => String(fields[name] ?? '').replaceAll('\r\n', '\n')
    switch (context.req.param('action')) {
      case 'comment':
        return act(context, 'POST', `${api}/issues/${issue.number}/comments`, { body: text('body') })
      case 'state':
        return act(context, 'PATCH', `${api}/issues/${issue.number}`, { state: text('state') })
      case 'review':
        return act(context, 'POST', `${api}/pulls/${issue.number}/reviews`, {
          event: text('event'),
          body: text('body'),
        })
      default:
        return act(context, 'PUT', `${api}/pulls/${issue.number}/merge`, { merge_method: text('method') })
    }
  })

  app.post('/:owner/:repo/runs/:check{[0-9]+}', async (context) => {
    const repository = repositoryOf(context)
    const account = visitorOf(context)?.account
    const check = repository?.checkRuns.get(Number(context.req.param('check')))
    if (repository === undefined || account === undefined || check?.app !== 'ours') return missing(context)
    const { identifier, back } = await context.req.parseBody()
    if (typeof identifier === 'string') options.press(repository, check.id, account.login, identifier)
    return context.redirect(safePath(back), 303)
  })

  app.post('/:owner/:repo/new/:branch{.+}', async (context) => {
    const repository = repositoryOf(context)
    if (repository === undefined) return missing(context)
    const fields = await context.req.parseBody()
    const path = String(fields.path ?? '')
    const text = String(fields.text ?? '').replaceAll('\r\n', '\n')
    const encoded = path.split('/').map(encodeURIComponent).join('/')
    return act(context, 'PUT', `/repos${pageOf(repository)}/contents/${encoded}`, {
      message: `Create ${path}`,
      branch: context.req.param('branch'),
      content: Buffer.from(text).toString('base64'),
    })
  })

  addLookPages(app, { world, repositoryOf, show, missing })
  app.notFound((context) => missing(context) as Promise<Response>)
  return app
}

function isPull(issue: Issue): issue is Issue & { readonly pull: Pull } {
  return issue.pull !== undefined
}

/** A path on this server; whatever else is asked for leads home. */
function safePath(value: unknown): string {
  return typeof value === 'string' && /^\/(?![/\\])[\w./-]*$/.test(value) ? value : '/'
}

function problemOf(answer: unknown, status: number): string {
  const { message, errors } = (answer ?? {}) as { message?: string; errors?: readonly { message?: string }[] }
  const more = errors?.flatMap((error) => (typeof error.message === 'string' ? [error.message] : [])) ?? []
  return [`${message ?? 'It was refused'} (${status})`, ...more].join(': ').slice(0, MAX_PROBLEM)
}
