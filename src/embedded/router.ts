/** The REST API on HTTP: routes by template, permissions route by route, errors as GitHub words them, faults, the log. */
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'
import { acceptedPermissions, admit } from './admit.ts'
import { ApiError, invalid, notFound } from './answers.ts'
import type { EmbeddedOptions, Exchange, Fault } from './embedded.ts'
import type { Repo } from './entities.ts'
import type { RateLimit } from './rate-limit.ts'
import type { Actor, Answer, Call, Route, World } from './world.ts'

type Env = { Bindings: HttpBindings }

/** Parameters that may hold slashes where they end a template. */
const WITH_SLASHES = new Set(['path', 'ref', 'basehead', 'branch'])

const DOCUMENTATION = 'https://docs.github.com/rest'

export interface RouterOptions {
  readonly world: World
  /** What stands before the templates: `/api/v3`. */
  readonly prefix: string
  readonly routes: readonly Route[]
  readonly rateLimit: RateLimit
  readonly fault: EmbeddedOptions['fault']
  /** Called with each exchange when its answer is made. */
  readonly record: (exchange: Omit<Exchange, 'number'>, finished: Promise<void>) => void
}

/** Makes the API's application; it is given requests below `prefix` only. */
export function createRouter(options: RouterOptions): Hono<Env> {
  const app = new Hono<Env>({ getPath: (request) => pathOf(options, request) })
  for (const route of [...options.routes].sort(bySpecificity)) {
    app.on(route.method, honoPath(route.path), (context) => serve(options, context, route))
  }
  app.all('*', (context) => serve(options, context, undefined))
  return app
}

/**
 * Path as the templates have it. `/repositories/{id}/…`, where a renamed repository's address leads, is the same as
 * `/repos/{owner}/{repo}/…`.
 */
function pathOf({ prefix, world }: Pick<RouterOptions, 'prefix' | 'world'>, request: Request): string {
  const path = new URL(request.url).pathname.slice(prefix.length)
  const [, id, rest = ''] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? []
  if (id === undefined) return path === '' ? '/' : path
  const repository = world.repositories.get(Number(id))
  return repository === undefined ? `/repos/-/-${rest}` : `/repos/${repository.owner.login}/${repository.name}${rest}`
}

/** One request: who asks, fault before, route, fault after, log. */
async function serve(options: RouterOptions, context: Context<Env>, route: Route | undefined): Promise<Response> {
  const at = performance.now()
  const { world } = options
  const { incoming, outgoing } = context.env
  const url = new URL(context.req.url)
  const text = await context.req.text()
  const asked = authenticated(world, context.req.header('authorization'))
  const actor = asked instanceof ApiError ? undefined : asked
  const who = actor === undefined ? 'anonymous' : actorName(actor)
  const pathname = pathOf(options, context.req.raw)
  const path = `${pathname}${url.search}`
  const request = { method: context.req.method, path, route: route?.path, actor: who }
  const body = parsed(text)

  const fromApp = actor?.kind === 'app' || actor?.kind === 'installation'
  const fault = fromApp ? await options.fault?.(request) : undefined
  const work = async (): Promise<Answer> => {
    try {
      if (asked instanceof ApiError) throw asked
      if (route === undefined) throw notFound()
      if (body === UNREADABLE) throw new ApiError(400, 'Problems parsing JSON')
      return await route.handler(callOf(world, asked, route, context, body, pathname))
    } catch (error) {
      return errorAnswer(error, world, context.req.method, path)
    }
  }
  const answer = await faulty(fault, work)
  const finished = new Promise<void>((resolve) => outgoing.once('close', resolve))
  const log = (status: number, responseBody: unknown, headers: Readonly<Record<string, string>>) =>
    options.record(
      { ...request, requestBody: body === UNREADABLE ? text : body, status, responseBody, headers, at },
      finished,
    )
  if (answer === 'drop') {
    log(0, undefined, {})
    incoming.socket.destroy()
    return RESPONSE_ALREADY_SENT
  }
  const headers: Record<string, string> = {
    'x-github-media-type': 'github.v3; format=json',
    'x-github-request-id': `E:${world.id()}`,
    'x-github-api-version-selected': '2022-11-28',
    ...options.rateLimit.headers(who),
    ...(route !== undefined && actor?.kind === 'installation' ? acceptedPermissions(route) : {}),
    ...answer.headers,
  }
  const bytes = answer.body instanceof Uint8Array
  if (answer.body !== undefined && !bytes) headers['content-type'] ??= 'application/json; charset=utf-8'
  log(answer.status, bytes ? undefined : answer.body, headers)
  const content = answer.body === undefined ? null : bytes ? toBody(answer.body) : JSON.stringify(answer.body)
  return new Response(content, { status: answer.status, headers })
}

function toBody(bytes: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes as Uint8Array)
}

async function faulty(fault: Fault | undefined, work: () => Promise<Answer>): Promise<Answer | 'drop'> {
  if (fault === undefined) return work()
  if ('instead' in fault) return fault.instead
  if ('afterwards' in fault) {
    await work()
    return fault.afterwards
  }
  if (fault.drop === 'after') await work()
  return 'drop'
}

function authenticated(world: World, authorization: string | undefined): Actor | ApiError {
  try {
    return world.authenticate(authorization)
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
}

/** As the log names it. */
function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'app':
    case 'anonymous':
      return actor.kind
    case 'installation':
      return `installation:${actor.installation.id}`
    case 'user':
      return `user:${actor.account.login}`
  }
}

const UNREADABLE = Symbol('unreadable')

function parsed(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return UNREADABLE
  }
}

function callOf(world: World, actor: Actor, route: Route, context: Context<Env>, body: unknown, path: string): Call {
  const url = new URL(context.req.url)
  const params = context.req.param() as Readonly<Record<string, string>>
  const repository = route.path.startsWith('/repos/{owner}/{repo}') ? repositoryOf(world, params) : undefined
  admit(world, actor, route, repository)
  return {
    world,
    actor,
    actorName: actorName(actor),
    method: context.req.method,
    path,
    params,
    query: url.searchParams,
    headers: context.req.raw.headers,
    body,
    get repository() {
      if (repository === undefined) throw new Error(`${route.path} has no repository`)
      return repository
    },
    get account() {
      return world.accountOf(actor)
    },
    parse(schema) {
      const result = schema.safeParse(body ?? {})
      if (result.success) return result.data
      const [issue] = result.error.issues
      throw invalid(`Invalid request.\n\n${issue?.path.join('/') ?? ''}: ${issue?.message ?? 'is wrong'}`)
    },
    number(param) {
      const text = params[param] ?? ''
      if (!/^\d{1,15}$/.test(text)) throw notFound()
      return Number(text)
    },
  }
}

/** The repository of the path, or a redirect from one of its old names. */
function repositoryOf(world: World, params: Readonly<Record<string, string>>): Repo {
  const { owner = '', repo = '' } = params
  const found = world.repository(owner, repo)
  if (found !== undefined) return found
  const moved = world.movedTo(owner, repo)
  if (moved !== undefined) throw new Moved(moved)
  throw notFound()
}

/** The repository has another name now; GitHub sends to the address that has its number. */
class Moved extends Error {
  readonly repository: Repo
  constructor(repository: Repo) {
    super('Moved Permanently')
    this.repository = repository
  }
}

function errorAnswer(error: unknown, world: World, method: string, path: string): Answer {
  if (error instanceof Moved) {
    const rest = path.split('/').slice(4).join('/')
    const to = `${world.apiUrl}/repositories/${error.repository.id}${rest === '' ? '' : `/${rest}`}`
    const status = method === 'GET' ? 301 : 307
    const message = status === 301 ? 'Moved Permanently' : 'Temporary Redirect'
    return { status, headers: { location: to }, body: { message, url: to, documentation_url: DOCUMENTATION } }
  }
  if (error instanceof ApiError) {
    const body = {
      message: error.message,
      ...(error.errors === undefined ? {} : { errors: error.errors }),
      documentation_url: DOCUMENTATION,
      status: String(error.status),
    }
    return { status: error.status, body, ...(error.headers === undefined ? {} : { headers: error.headers }) }
  }
  const stack = error instanceof Error ? error.stack : String(error)
  return { status: 500, body: { message: 'Server Error', stack, documentation_url: DOCUMENTATION, status: '500' } }
}

/** `/a/{b}` as Hono writes it. */
function honoPath(template: string): string {
  return template
    .split('/')
    .map((part, index, parts) => {
      const name = /^\{(.+)\}$/.exec(part)?.[1]
      if (name === undefined) return part
      return index === parts.length - 1 && WITH_SLASHES.has(name) ? `:${name}{.+}` : `:${name}`
    })
    .join('/')
}

/** Literal parts before parameters, longer templates before shorter ones: the first that fits is the one that is meant. */
function bySpecificity(left: Route, right: Route): number {
  const [one, other] = [left.path.split('/'), right.path.split('/')]
  for (let index = 0; index < Math.min(one.length, other.length); index += 1) {
    const [a, b] = [one[index]?.startsWith('{') ?? false, other[index]?.startsWith('{') ?? false]
    if (a !== b) return a ? 1 : -1
  }
  return other.length - one.length
}
