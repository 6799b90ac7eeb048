/** Commits: their text form, read and written. */
import type { ObjectStore } from './objects.ts'

/** Who made a commit and when; `date` has whole seconds. */
export interface Signature {
  readonly name: string
  readonly email: string
  readonly date: Date
}

export interface CommitFields {
  readonly tree: string
  readonly parents: readonly string[]
  readonly author: Signature
  readonly committer: Signature
  readonly message: string
}

export interface Commit extends CommitFields {
  readonly sha: string
}

/** Writes a commit and returns its SHA. */
export async function writeCommit(store: ObjectStore, fields: CommitFields): Promise<string> {
  const lines = [
    `tree ${fields.tree}`,
    ...fields.parents.map((parent) => `parent ${parent}`),
    `author ${formatSignature(fields.author)}`,
    `committer ${formatSignature(fields.committer)}`,
    '',
    fields.message,
  ]
  return store.write('commit', Buffer.from(lines.join('\n')))
}

/** Reads the commit that `name` resolves to, or undefined when it resolves to none. */
export async function readCommit(store: ObjectStore, name: string): Promise<Commit | undefined> {
  const object = await store.read(`${name}^{commit}`)
  return object?.type === 'commit' ? parseCommit(object.sha, object.content.toString('utf8')) : undefined
}

function parseCommit(sha: string, text: string): Commit {
  const end = text.indexOf('\n\n')
  const headers = (end < 0 ? text : text.slice(0, end)).split('\n')
  const value = (key: string) =>
    headers.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1))
  return {
    sha,
    tree: value('tree')[0] ?? '',
    parents: value('parent'),
    author: parseSignature(value('author')[0] ?? ''),
    committer: parseSignature(value('committer')[0] ?? ''),
    // `git commit` ends a message with a line break, which the API does not show.
    message: end < 0 ? '' : text.slice(end + 2).replace(/\n+$/, ''),
  }
}

/** A name or an address cannot hold what its line is cut at. */
function formatSignature({ name, email, date }: Signature): string {
  const clean = (text: string) => text.replace(/[\n\r\0<>]/g, '').trim()
  return `${clean(name)} <${clean(email)}> ${Math.floor(date.getTime() / 1000)} +0000`
}

function parseSignature(text: string): Signature {
  const match = /^(.*?) ?<([^>]*)> (\d+) [+-]\d{4}$/.exec(text)
  return { name: match?.[1] ?? '', email: match?.[2] ?? '', date: new Date(Number(match?.[3] ?? 0) * 1000) }
}
