/** Routes of the pages that only show: checks, runs, commits, files. And the editor for a new file. */
import type { Context, Hono } from 'hono'
import type { Repo } from '../entities.ts'
import type { World } from '../world.ts'
import { commitPage, filePage, newFilePage } from './code-pages.ts'
import type { Markup } from './layout.ts'
import { checkPage, runPage, runsPage } from './run-pages.ts'

export interface Look {
  readonly world: World
  readonly repositoryOf: (context: Context) => Repo | undefined
  readonly show: (context: Context, title: string, content: Markup, repository?: Repo) => Promise<Response>
  readonly missing: (context: Context) => Promise<Response>
}

type Found = readonly [title: string, content: Markup] | undefined

/** Adds them. What follows `:rest` may hold slashes. */
export function addLookPages(app: Hono, { world, repositoryOf, show, missing }: Look): void {
  const page = (path: string, find: (repository: Repo, context: Context) => Found | Promise<Found>) => {
    app.get(`/:owner/:repo/${path}`, async (context) => {
      const repository = repositoryOf(context)
      const found = repository && (await find(repository, context))
      return repository === undefined || found === undefined ? missing(context) : show(context, ...found, repository)
    })
  }
  const number = (context: Context, name: string) => Number(context.req.param(name))

  page('actions', (repository) => ['Actions', runsPage(repository)])
  const runOf = (repository: Repo, context: Context): Found => {
    const run = repository.runs.get(number(context, 'run'))
    return run && [`${run.name} #${run.runNumber}`, runPage(repository, run)]
  }
  page('actions/runs/:run{[0-9]+}', runOf)
  page('actions/runs/:run{[0-9]+}/job/:job{[0-9]+}', runOf)
  page('runs/:check{[0-9]+}', (repository, context) => {
    const check = repository.checkRuns.get(number(context, 'check'))
    return check && [`Check ${check.name}`, checkPage(repository, check)]
  })
  const commitOf = async (repository: Repo, context: Context): Promise<Found> => {
    const sha = context.req.param('sha') ?? ''
    const content = await commitPage(world, repository, sha)
    return content && [`Commit ${sha.slice(0, 8)}`, content]
  }
  page('commit/:sha{[0-9a-f]{40}}', commitOf)
  page('pull/:number{[0-9]+}/commits/:sha{[0-9a-f]{40}}', commitOf)
  for (const kind of ['blob', 'tree']) {
    page(`${kind}/:rest{.+}`, async (repository, context) => {
      const rest = context.req.param('rest') ?? ''
      const content = await filePage(world, repository, rest)
      return content && [rest, content]
    })
  }
  page('new/:branch{.+}', async (repository, context) => {
    const branch = context.req.param('branch') ?? ''
    if ((await world.git.resolve(repository, `refs/heads/${branch}`)) === undefined) return undefined
    const { filename = '', value = '' } = context.req.query()
    return ['New file', newFilePage(repository, branch, filename.replace(/^\//, ''), value)]
  })
}
