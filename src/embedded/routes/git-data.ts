/** Git Data API: blobs, trees, commits, tags and refs. */
import { z } from 'zod'
import { ApiError, invalid, notFound } from '../answers.ts'
import type { Account } from '../entities.ts'
import type { Signature } from '../git/commit.ts'
import { writeCommit } from '../git/commit.ts'
import { isAncestor } from '../git/history.ts'
import { moveRef, refuseWorkflowPaths } from '../git/move.ts'
import type { GitRepository, Ref } from '../git/repository.ts'
import type { ListedEntry, TreeEdit, TreeEntry } from '../git/tree.ts'
import { editTree, kindOfMode, listTree, PathError, readTree } from '../git/tree.ts'
import { nodeId } from '../views/account.ts'
import { gitCommitView, noreplyAddress } from '../views/commit.ts'
import { repositoryUrl } from '../views/repository.ts'
import type { Answer, Call, Route } from '../world.ts'

const READ = { name: 'contents', level: 'read' } as const
const WRITE = { name: 'contents', level: 'write' } as const
const BASE = '/repos/{owner}/{repo}/git'

const sha = z.string().regex(/^[0-9a-f]{40}$/)
const person = z.object({ name: z.string(), email: z.string(), date: z.iso.datetime({ offset: true }).optional() })

const blobInput = z.object({ content: z.string(), encoding: z.enum(['utf-8', 'base64']).default('utf-8') })
const treeInput = z.object({
  base_tree: z.string().optional(),
  tree: z
    .array(
      z.object({
        path: z.string(),
        mode: z.enum(['100644', '100755', '040000', '160000', '120000']),
        type: z.enum(['blob', 'tree', 'commit']).optional(),
        sha: sha.nullish(),
        content: z.string().optional(),
      }),
    )
    .min(1),
})
const commitInput = z.object({
  message: z.string(),
  tree: z.string(),
  parents: z.array(z.string()).default([]),
  author: person.optional(),
  committer: person.optional(),
})
const refInput = z.object({ ref: z.string(), sha: z.string() })
const moveInput = z.object({ sha: z.string(), force: z.boolean().default(false) })

function gitOf(call: Call): GitRepository {
  return call.world.git.of(call.repository)
}

async function createBlob(call: Call): Promise<Answer> {
  const { content, encoding } = call.parse(blobInput)
  const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8')
  const written = await gitOf(call).objects.write('blob', bytes)
  return {
    status: 201,
    body: { sha: written, url: `${repositoryUrl(call.world, call.repository)}/git/blobs/${written}` },
  }
}

async function getBlob(call: Call): Promise<Answer> {
  const object = await read(call, call.params.file_sha ?? '')
  if (object?.type !== 'blob') throw notFound()
  if (call.headers.get('accept')?.includes('raw') === true) {
    return {
      status: 200,
      body: object.content,
      headers: { 'content-type': 'application/vnd.github.raw; charset=utf-8' },
    }
  }
  const body = {
    sha: object.sha,
    node_id: nodeId('Blob', `${call.repository.id}:${object.sha}`),
    size: object.content.length,
    url: `${repositoryUrl(call.world, call.repository)}/git/blobs/${object.sha}`,
    // As GitHub does it, in lines of 60 characters.
    content: object.content.toString('base64').replace(/.{60}/g, '$&\n'),
    encoding: 'base64',
  }
  return { status: 200, body }
}

/** An object by its full id only: anything else would be an expression of git's. */
async function read(call: Call, id: string) {
  return sha.safeParse(id).success ? gitOf(call).objects.read(id) : undefined
}

async function createTree(call: Call): Promise<Answer> {
  const input = call.parse(treeInput)
  const git = gitOf(call)
  const base = input.base_tree === undefined ? undefined : await treeOf(call, input.base_tree)
  if (input.base_tree !== undefined && base === undefined) throw invalid('base_tree is not a valid tree oid')
  refuseWorkflowPaths(
    call.world,
    call.actor,
    call.repository,
    input.tree.map((entry) => entry.path),
  )
  const edits: TreeEdit[] = []
  for (const entry of input.tree) {
    if (entry.content !== undefined && entry.sha !== undefined) {
      throw invalid('Must supply either tree.sha or tree.content, and not both')
    }
    if (entry.content !== undefined) {
      const written = await git.objects.write('blob', Buffer.from(entry.content))
      edits.push({ path: entry.path, mode: entry.mode, sha: written })
    } else if (entry.sha === null) {
      // What is not there cannot be taken out.
      if (base === undefined || (await git.objects.read(`${base}:${entry.path}`)) === undefined) {
        throw invalid('GitRPC::BadObjectState')
      }
      edits.push({ path: entry.path, mode: entry.mode, sha: null })
    } else if (entry.sha !== undefined) {
      const object = await git.objects.read(entry.sha)
      const wanted = kindOfMode(entry.mode)
      if (wanted !== 'commit' && object?.type !== wanted)
        throw invalid(`tree.sha ${entry.sha} is not a valid ${wanted}`)
      edits.push({ path: entry.path, mode: entry.mode, sha: entry.sha })
    } else {
      throw invalid('Must supply tree.sha or tree.content')
    }
  }
  try {
    return { status: 201, body: await treeView(call, await editTree(git.objects, base, edits), false) }
  } catch (error) {
    if (error instanceof PathError) throw invalid(error.message)
    throw error
  }
}

async function treeOf(call: Call, name: string): Promise<string | undefined> {
  const git = gitOf(call)
  const id = sha.safeParse(name).success ? name : await git.resolve(name)
  return id === undefined ? undefined : (await readTree(git.objects, id))?.sha
}

async function getTree(call: Call): Promise<Answer> {
  const found = await treeOf(call, call.params.tree_sha ?? '')
  if (found === undefined) throw notFound()
  // Any value counts, `0` and `false` included.
  return { status: 200, body: await treeView(call, found, call.query.has('recursive')) }
}

async function treeView(call: Call, id: string, recursive: boolean) {
  const git = gitOf(call)
  const entries = recursive ? await listTree(git.dir, id) : await sized(git, (await readTree(git.objects, id))?.entries)
  const url = `${repositoryUrl(call.world, call.repository)}/git`
  const view = ({ path, mode, sha: object, size }: ListedEntry) => {
    const type = kindOfMode(mode)
    const link = type === 'commit' ? {} : { url: `${url}/${type}s/${object}` }
    return { path, mode, type, sha: object, ...(size === undefined ? {} : { size }), ...link }
  }
  return { sha: id, url: `${url}/trees/${id}`, tree: entries.map(view), truncated: false }
}

function sized(git: GitRepository, entries: readonly TreeEntry[] = []): Promise<ListedEntry[]> {
  return Promise.all(
    entries.map(async (entry) => {
      const isFile = kindOfMode(entry.mode) === 'blob'
      return { ...entry, size: isFile ? (await git.objects.read(entry.sha))?.content.length : undefined }
    }),
  )
}

async function createCommit(call: Call): Promise<Answer> {
  const input = call.parse(commitInput)
  const { world, account } = call
  const git = gitOf(call)
  if ((await read(call, input.tree))?.type !== 'tree') throw invalid('Tree SHA does not exist')
  for (const parent of input.parents) {
    if ((await read(call, parent))?.type !== 'commit')
      throw invalid('Parent SHA does not exist or is not a commit object')
  }
  const own = signatureOf(account, new Date(world.now()))
  const author = input.author === undefined ? own : given(input.author, own)
  const committer = input.committer === undefined ? author : given(input.committer, own)
  const fields = { tree: input.tree, parents: input.parents, author, committer, message: input.message }
  const written = await writeCommit(git.objects, fields)
  // Only what an App commits as itself carries GitHub's signature.
  if (call.actor.kind === 'installation' && input.author === undefined && input.committer === undefined) {
    world.signed.add(written)
  }
  const commit = await git.commit(written)
  if (commit === undefined) throw new Error(`commit ${written} was written and is not there`)
  return { status: 201, body: gitCommitView(world, call.repository, commit) }
}

/** Whom a commit is by when nobody else is named. */
export function signatureOf(account: Account, date: Date): Signature {
  return { name: account.login, email: noreplyAddress(account), date }
}

function given(input: z.infer<typeof person>, own: Signature): Signature {
  return { name: input.name, email: input.email, date: input.date === undefined ? own.date : new Date(input.date) }
}

async function getCommit(call: Call): Promise<Answer> {
  const object = await read(call, call.params.commit_sha ?? '')
  const commit = object?.type === 'commit' ? await gitOf(call).commit(object.sha) : undefined
  if (commit === undefined) throw notFound()
  return { status: 200, body: gitCommitView(call.world, call.repository, commit) }
}

function refView(call: Call, { ref, sha: id, type }: Ref) {
  const url = `${repositoryUrl(call.world, call.repository)}/git`
  return {
    ref,
    node_id: nodeId('Ref', `${call.repository.id}:${ref}`),
    url: `${url}/${ref}`,
    object: { type, sha: id, url: `${url}/${type}s/${id}` },
  }
}

async function getRef(call: Call): Promise<Answer> {
  const found = await gitOf(call).ref(`refs/${call.params.ref ?? ''}`)
  if (found === undefined) throw notFound()
  return { status: 200, body: refView(call, found) }
}

async function matchingRefs(call: Call): Promise<Answer> {
  const refs = await gitOf(call).refs(`refs/${call.params.ref ?? ''}`)
  return { status: 200, body: refs.map((ref) => refView(call, ref)) }
}

async function createRef(call: Call): Promise<Answer> {
  const input = call.parse(refInput)
  const git = gitOf(call)
  if (!/^refs\/[^/]+\/./.test(input.ref) || !(await git.validRef(input.ref))) {
    throw invalid('Reference name is not valid. It must start with refs/ and contain at least two slashes.')
  }
  await target(call, input.sha)
  return git.exclusive(async () => {
    if ((await git.ref(input.ref)) !== undefined) throw invalid('Reference already exists')
    await move(call, input.ref, undefined, input.sha)
    return { status: 201, body: refView(call, { ref: input.ref, sha: input.sha, type: 'commit' }) }
  })
}

async function updateRef(call: Call): Promise<Answer> {
  const input = call.parse(moveInput)
  const ref = `refs/${call.params.ref ?? ''}`
  const git = gitOf(call)
  await target(call, input.sha)
  return git.exclusive(async () => {
    const before = await git.ref(ref)
    if (before === undefined) throw invalid('Reference does not exist')
    if (!input.force && !(await isAncestor(git, before.sha, input.sha))) {
      throw invalid('Update is not a fast forward')
    }
    await move(call, ref, before.sha, input.sha)
    return { status: 200, body: refView(call, { ref, sha: input.sha, type: 'commit' }) }
  })
}

async function deleteRef(call: Call): Promise<Answer> {
  const ref = `refs/${call.params.ref ?? ''}`
  const git = gitOf(call)
  return git.exclusive(async () => {
    const before = await git.ref(ref)
    if (before === undefined) throw invalid('Reference does not exist')
    await move(call, ref, before.sha, undefined)
    return { status: 204 }
  })
}

/** What refs are pointed at here are commits. */
async function target(call: Call, id: string): Promise<void> {
  const object = await read(call, id)
  if (object === undefined) throw invalid('Object does not exist')
  if (object.type !== 'commit') throw invalid('Object is not a commit')
}

async function move(call: Call, ref: string, before: string | undefined, after: string | undefined): Promise<void> {
  if (ref.startsWith('refs/pull/')) throw new ApiError(403, 'refs/pull is read-only.')
  const { world, repository, actor, account } = call
  await moveRef(world, { repository, ref, before, after, actor, account })
}

export const gitDataRoutes: readonly Route[] = [
  { method: 'POST', path: `${BASE}/blobs`, access: WRITE, handler: createBlob },
  { method: 'GET', path: `${BASE}/blobs/{file_sha}`, access: READ, handler: getBlob },
  { method: 'POST', path: `${BASE}/trees`, access: WRITE, handler: createTree },
  { method: 'GET', path: `${BASE}/trees/{tree_sha}`, access: READ, handler: getTree },
  { method: 'POST', path: `${BASE}/commits`, access: WRITE, handler: createCommit },
  { method: 'GET', path: `${BASE}/commits/{commit_sha}`, access: READ, handler: getCommit },
  { method: 'POST', path: `${BASE}/refs`, access: WRITE, handler: createRef },
  { method: 'GET', path: `${BASE}/ref/{ref}`, access: READ, handler: getRef },
  { method: 'GET', path: `${BASE}/matching-refs/{ref}`, access: READ, handler: matchingRefs },
  { method: 'PATCH', path: `${BASE}/refs/{ref}`, access: WRITE, handler: updateRef },
  { method: 'DELETE', path: `${BASE}/refs/{ref}`, access: WRITE, handler: deleteRef },
]
