/**
 * git over HTTP: `git http-backend` behind `/{owner}/{repo}.git/`. Who may read clones, who may write pushes; a password is a
 * token. What a push may not do is decided before git starts and refused by the repository's `update` hook.
 */
import { spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { basename, dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { ApiError } from '../answers.ts'
import type { Account, Repo } from '../entities.ts'
import { repositoryPage } from '../views/repository.ts'
import type { Actor, World } from '../world.ts'
import { announceMove } from './announce.ts'
import { mayWriteWorkflows } from './move.ts'
import { refusal } from './protection.ts'
import { ZERO } from './repository.ts'
import { gitEnvironment } from './run.ts'

const ADDRESS = /^\/([^/]+)\/([^/]+?)\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/
/** Bytes of one push. */
const LARGEST_PUSH = 200_000_000

const unzip = promisify(gunzip)

/** Answers one request; refusals are plain text, as git shows them to the person. */
export async function serveGit(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await serve(world, request, response)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const challenge = error.status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {}
    response.writeHead(error.status, { 'content-type': 'text/plain; charset=utf-8', ...challenge })
    response.end(`${error.message}\n`)
  }
}

async function serve(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', world.webUrl)
  const [, owner = '', name = '', what = ''] = ADDRESS.exec(decodeURIComponent(url.pathname)) ?? []
  const service = what === 'info/refs' ? url.searchParams.get('service') : what
  const method = what === 'info/refs' ? 'GET' : 'POST'
  if (request.method !== method || (service !== 'git-upload-pack' && service !== 'git-receive-pack')) {
    throw new ApiError(404, 'Not Found')
  }
  const actor = world.authenticate(request.headers.authorization)
  const moved = world.movedTo(owner, name)
  const repository = world.repository(owner, name) ?? moved
  admit(world, actor, repository, service)
  if (repository === moved && method === 'GET') {
    // git follows the first redirect and sends the rest there.
    response.writeHead(301, { location: `${repositoryPage(world, repository)}.git/${what}${url.search}` }).end()
    return
  }
  const call = { world, repository, url, request, response }
  if (what === 'git-receive-pack') await receive(call, actor)
  else await pass(call)
}

/** Throws ApiError unless the actor may do it. Whether a repository exists is told only to who may see it. */
function admit(world: World, actor: Actor, repository: Repo | undefined, service: string): asserts repository is Repo {
  const unseen = new ApiError(actor.kind === 'anonymous' ? 401 : 404, 'Repository not found.')
  if (repository === undefined) throw unseen
  const may = (level: 'read' | 'write') => world.may(actor, repository, { name: 'contents', level })
  if (!may('read')) throw unseen
  if (service !== 'git-receive-pack') return
  if (actor.kind === 'anonymous') throw new ApiError(401, 'Authentication required.')
  if (!may('write')) {
    throw new ApiError(403, `Permission to ${owner(repository)} denied to ${world.accountOf(actor).login}.`)
  }
  if (repository.archived) throw new ApiError(403, 'This repository was archived so it is read-only.')
}

function owner(repository: Repo): string {
  return `${repository.owner.login}/${repository.name}.git`
}

interface GitCall {
  readonly world: World
  readonly repository: Repo
  readonly url: URL
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Streams a request through. */
async function pass(call: GitCall): Promise<void> {
  const answer = await backend(call, call.request, {})
  call.response.writeHead(answer.status, answer.headers)
  for await (const chunk of answer.body) call.response.write(chunk)
  call.response.end()
  await answer.ended
}

/** A push: the client hears of its end only after everything that follows from it has been told. */
async function receive(call: GitCall, actor: Actor): Promise<void> {
  const { world, repository } = call
  const length = Number(call.request.headers['content-length'] ?? 0)
  if (length > LARGEST_PUSH) throw new ApiError(413, 'Push is too large.')
  const sent = await buffer(call.request)
  // What cannot be read here could not be refused, either.
  const body = call.request.headers['content-encoding'] === 'gzip' ? await unpack(sent) : sent
  const account = world.accountOf(actor)
  const git = world.git.of(repository)
  await git.exclusive(async () => {
    const moves = readCommands(body)
    const before = await Promise.all(moves.map(({ ref }) => git.ref(ref)))
    const noWorkflows = !mayWriteWorkflows(world, actor, repository)
    const answer = await backend(call, [body], {
      GITHUB_REFUSED: refusals(repository, moves, account).join('\n'),
      GITHUB_NO_WORKFLOWS: noWorkflows ? '1' : '',
    })
    const content = await buffer(answer.body)
    await answer.ended
    for (const [index, move] of moves.entries()) {
      // Nobody else moves refs in here: what stands elsewhere now is what this push has done.
      const [from, to] = [before[index]?.sha, (await git.ref(move.ref))?.sha]
      if (from !== to) await announceMove(world, { repository, ref: move.ref, before: from, after: to, actor: account })
    }
    call.response.writeHead(answer.status, answer.headers)
    call.response.end(content)
  })
}

async function unpack(body: Buffer): Promise<Buffer> {
  try {
    return await unzip(body, { maxOutputLength: LARGEST_PUSH })
  } catch {
    throw new ApiError(400, 'The body is not gzip, or too large.')
  }
}

function refusals(repository: Repo, moves: readonly Move[], account: Account): string[] {
  return moves.flatMap((move) => {
    const reason = refusal(repository, move, account)
    return reason === undefined ? [] : [`${move.ref} ${reason}`]
  })
}

interface Move {
  readonly ref: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** Reads the commands at the head of a push: pkt-lines `old new ref`, up to the flush packet. */
function readCommands(body: Buffer): Move[] {
  const moves: Move[] = []
  for (let at = 0; at + 4 <= body.length; ) {
    const length = Number.parseInt(body.toString('latin1', at, at + 4), 16)
    if (!(length > 4)) break
    const line = body.toString('utf8', at + 4, at + length)
    const match = /^([0-9a-f]{40}) ([0-9a-f]{40}) ([^\0\n]+)/.exec(line)
    if (match !== null) {
      const [, before = ZERO, after = ZERO, ref = ''] = match
      moves.push({ ref, before: before === ZERO ? undefined : before, after: after === ZERO ? undefined : after })
    }
    at += length
  }
  return moves
}

interface BackendAnswer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: AsyncIterable<Buffer>
  readonly ended: Promise<void>
}

/** Runs git as a CGI program. */
async function backend(
  { world, repository, url, request }: GitCall,
  input: Readable | readonly Buffer[],
  variables: Readonly<Record<string, string>>,
): Promise<BackendAnswer> {
  const dir = world.git.gitDir(repository)
  const path = url.pathname.replace(/^\/[^/]+\/[^/]+?\.git\//, '')
  const header = (name: string) => String(request.headers[name] ?? '')
  const child = spawn('git', ['http-backend'], {
    env: gitEnvironment({
      GIT_PROJECT_ROOT: dirname(dir),
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${basename(dir)}/${path}`,
      REQUEST_METHOD: request.method ?? 'GET',
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: header('content-type'),
      HTTP_CONTENT_ENCODING: Array.isArray(input) ? '' : header('content-encoding'),
      GIT_PROTOCOL: header('git-protocol'),
      REMOTE_USER: 'authenticated',
      ...variables,
    }),
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.stdin.on('error', () => undefined)
  if (Array.isArray(input)) child.stdin.end(Buffer.concat(input as Buffer[]))
  else (input as Readable).pipe(child.stdin)
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve())
  })
  // Somebody who hangs up in the middle leaves no git behind.
  request.once('close', () => {
    if (!request.complete) child.kill()
  })
  return { ...(await readHeaders(child.stdout)), ended }
}

/** The CGI headers, and what is left of the stream behind them. */
async function readHeaders(stream: Readable): Promise<Omit<BackendAnswer, 'ended'>> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let head = Buffer.alloc(0)
  let end = -1
  while (end < 0) {
    const next = await chunks.next()
    if (next.done === true) throw new ApiError(500, 'git has ended without an answer.')
    head = Buffer.concat([head, next.value])
    end = head.indexOf('\r\n\r\n')
  }
  const headers: Record<string, string> = {}
  let status = 200
  for (const line of head.toString('latin1', 0, end).split('\r\n')) {
    const [name = '', value = ''] = line.split(/: (.*)/s)
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10)
    else headers[name.toLowerCase()] = value
  }
  return { status, headers, body: rest(head.subarray(end + 4), chunks) }
}

async function* rest(first: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first
  for (;;) {
    const next = await chunks.next()
    if (next.done === true) return
    yield next.value
  }
}
