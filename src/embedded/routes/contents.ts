/** Files and folders at a ref, and single files written by a commit of their own. */
import { z } from 'zod'
import { ApiError, invalid, notFound } from '../answers.ts'
import type { Signature } from '../git/commit.ts'
import { writeCommit } from '../git/commit.ts'
import { moveRef, refuseWorkflowPaths } from '../git/move.ts'
import type { TreeEntry } from '../git/tree.ts'
import { editTree, kindOfMode, PathError, parseTree } from '../git/tree.ts'
import { gitCommitView } from '../views/commit.ts'
import { repositoryPage, repositoryUrl } from '../views/repository.ts'
import type { Answer, Call, Route } from '../world.ts'
import { signatureOf } from './git-data.ts'

const PATH = '/repos/{owner}/{repo}/contents/{path}'
const READ = { name: 'contents', level: 'read' } as const
const WRITE = { name: 'contents', level: 'write' } as const

const person = z.object({ name: z.string(), email: z.string(), date: z.iso.datetime({ offset: true }).optional() })
const common = {
  message: z.string(),
  branch: z.string().optional(),
  author: person.optional(),
  committer: person.optional(),
}
const putInput = z.object({ ...common, content: z.string(), sha: z.string().optional() })
const deleteInput = z.object({ ...common, sha: z.string() })

async function getContents(call: Call): Promise<Answer> {
  const { world, repository } = call
  const ref = call.query.get('ref') || repository.defaultBranch
  const commit = await world.git.resolve(repository, ref)
  if (commit === undefined) throw new ApiError(404, `No commit found for the ref ${ref}`)
  const path = pathOf(call)
  const object = await world.git.of(repository).objects.read(path === '' ? `${commit}^{tree}` : `${commit}:${path}`)
  if (object?.type === 'tree') {
    const entries = parseTree(object.content)
    const views = entries.map((entry) =>
      entryView(call, ref, path === '' ? entry.path : `${path}/${entry.path}`, entry),
    )
    return { status: 200, body: await Promise.all(views) }
  }
  if (object?.type !== 'blob') throw notFound()
  if (call.headers.get('accept')?.includes('raw') === true) {
    const headers = { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' }
    return { status: 200, body: object.content, headers }
  }
  const entry: TreeEntry = { path, mode: '100644', sha: object.sha }
  // Above 1 MB the API gives no content, only the raw media type does.
  const small = object.content.length <= 1_000_000
  const body = {
    ...(await entryView(call, ref, path, entry)),
    content: small ? object.content.toString('base64').replace(/.{60}/g, '$&\n') : '',
    encoding: small ? 'base64' : 'none',
  }
  return { status: 200, body }
}

function pathOf(call: Call): string {
  return (call.params.path ?? '').replace(/^\/+|\/+$/g, '')
}

async function entryView(call: Call, ref: string, path: string, entry: TreeEntry) {
  const { world, repository } = call
  const kind = kindOfMode(entry.mode)
  const object = kind === 'blob' ? await world.git.of(repository).objects.read(entry.sha) : undefined
  const type = kind === 'tree' ? 'dir' : kind === 'commit' ? 'submodule' : entry.mode === '120000' ? 'symlink' : 'file'
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  const [url, page] = [repositoryUrl(world, repository), repositoryPage(world, repository)]
  const self = `${url}/contents/${encoded}?ref=${encodeURIComponent(ref)}`
  const git = kind === 'commit' ? null : `${url}/git/${kind}s/${entry.sha}`
  const html = `${page}/${kind === 'tree' ? 'tree' : 'blob'}/${ref}/${encoded}`
  return {
    type,
    name: path.split('/').at(-1) ?? '',
    path,
    sha: entry.sha,
    size: object?.content.length ?? 0,
    url: self,
    git_url: git,
    html_url: html,
    download_url: kind === 'blob' ? `${page}/raw/${ref}/${encoded}` : null,
    _links: { self, git, html },
  }
}

async function putFile(call: Call): Promise<Answer> {
  const input = call.parse(putInput)
  const content = Buffer.from(input.content, 'base64')
  const path = pathOf(call)
  return writeFile(call, input, path, content, input.sha)
}

async function deleteFile(call: Call): Promise<Answer> {
  const input = call.parse(deleteInput)
  return writeFile(call, input, pathOf(call), undefined, input.sha)
}

/** One commit with one file on the head of a branch. */
async function writeFile(
  call: Call,
  input: z.infer<typeof deleteInput> | z.infer<typeof putInput>,
  path: string,
  content: Buffer | undefined,
  expected: string | undefined,
): Promise<Answer> {
  const { world, repository, actor, account } = call
  const git = world.git.of(repository)
  const branch = input.branch ?? repository.defaultBranch
  const ref = `refs/heads/${branch}`
  refuseWorkflowPaths(world, actor, repository, [path])
  return git.exclusive(async () => {
    const head = await git.resolve(ref)
    if (head === undefined) throw new ApiError(404, `Branch ${branch} not found`)
    const old = await git.objects.read(`${head}:${path}`)
    if (old === undefined && content === undefined) throw notFound()
    if (old?.type === 'blob' && expected === undefined) throw invalid('Invalid request.\n\n"sha" wasn\'t supplied.')
    if (expected !== undefined && old?.sha !== expected) throw new ApiError(409, `${path} does not match ${expected}`)
    const sha = content === undefined ? null : await git.objects.write('blob', content)
    const tree = await tryEdit(() => editTree(git.objects, head, [{ path, mode: '100644', sha }]))
    const own = signatureOf(account, new Date(world.now()))
    const [author, committer] = [
      given(input.author ?? input.committer, own),
      given(input.committer ?? input.author, own),
    ]
    const after = await writeCommit(git.objects, { tree, parents: [head], author, committer, message: input.message })
    if (actor.kind === 'installation' && author === own && committer === own) world.signed.add(after)
    await moveRef(world, { repository, ref, before: head, after, actor, account })
    const commit = await git.commit(after)
    if (commit === undefined) throw new Error(`commit ${after} was written and is not there`)
    const view = sha === null ? null : await entryView(call, branch, path, { path, mode: '100644', sha })
    const status = old === undefined ? 201 : 200
    return { status, body: { content: view, commit: gitCommitView(world, repository, commit) } }
  })
}

async function tryEdit(edit: () => Promise<string>): Promise<string> {
  try {
    return await edit()
  } catch (error) {
    if (error instanceof PathError) throw invalid('path contains a malformed path component')
    throw error
  }
}

function given(input: z.infer<typeof person> | undefined, own: Signature): Signature {
  if (input === undefined) return own
  return { name: input.name, email: input.email, date: input.date === undefined ? own.date : new Date(input.date) }
}

export const contentRoutes: readonly Route[] = [
  { method: 'GET', path: '/repos/{owner}/{repo}/contents', access: READ, handler: getContents },
  { method: 'GET', path: PATH, access: READ, handler: getContents },
  { method: 'PUT', path: PATH, access: WRITE, handler: putFile },
  { method: 'DELETE', path: PATH, access: WRITE, handler: deleteFile },
]
