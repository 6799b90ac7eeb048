/** Pages of what git holds: a commit, a folder, a file, and the editor that makes a new file. */
import { html, raw } from 'hono/html'
import type { Repo } from '../entities.ts'
import { diffTrees, type FileDiff } from '../git/diff.ts'
import { parseTree } from '../git/tree.ts'
import type { World } from '../world.ts'
import { actionForm, box, type Markup, pageOf } from './layout.ts'
import { markdownOf } from './markdown.ts'

/** Lines of a diff or a file that are shown. */
const MAX_LINES = 1500

/** The boxes of a diff, one for each file; the name leads to the file at that commit. */
export function diffBoxes(repository: Repo, files: readonly FileDiff[], commit: string): Markup {
  return html`${files.map(({ filename, additions, deletions, patch, status }) => {
    const name = html`<code>${filename}</code>`
    const path = `${pageOf(repository)}/blob/${commit}/${encodePath(filename)}`
    return box(
      html`${status === 'removed' ? name : html`<a href="${path}">${name}</a>`} <span class="good">+${additions}</span> <span class="bad">−${deletions}</span>`,
      patch === undefined
        ? html`<span class="muted">No text to show.</span>`
        : html`<div class="diff"><div>${diffLines(patch)}</div></div>`,
    )
  })}`
}

function diffLines(patch: string): Markup[] {
  const lines = patch.split('\n')
  const shown = lines.slice(0, MAX_LINES).map((line) => {
    const kind = line.startsWith('+') ? 'add' : line.startsWith('-') ? 'del' : line.startsWith('@') ? 'hunk' : ''
    return html`<span class="${kind}">${line === '' ? ' ' : line}</span>`
  })
  return lines.length > MAX_LINES
    ? [...shown, html`<span class="muted">… ${lines.length - MAX_LINES} more lines</span>`]
    : shown
}

/** One commit with its message and what it changed; undefined where there is none. */
export async function commitPage(world: World, repository: Repo, sha: string): Promise<Markup | undefined> {
  const commit = /^[0-9a-f]{40}$/.test(sha) ? await world.git.commit(repository, sha) : undefined
  if (commit === undefined) return undefined
  const [subject = '', ...body] = commit.message.split('\n')
  const parents = commit.parents.map(
    (parent) => html` <a href="${pageOf(repository)}/commit/${parent}"><code>${parent.slice(0, 8)}</code></a>`,
  )
  const files = await diffTrees(world.git.of(repository), commit.parents[0], commit.sha)
  return html`<h1>${subject}</h1>
<p class="muted">${commit.author.name} made <code>${commit.sha}</code>, parent${parents.length === 1 ? '' : 's'}${parents.length === 0 ? ' none' : parents} · <a href="${pageOf(repository)}/tree/${commit.sha}">all files</a></p>
${body.join('').trim() === '' ? '' : html`<pre>${body.join('\n').trim()}</pre>`}
${diffBoxes(repository, files, commit.sha)}`
}

/** A file or a folder at a branch or commit. `rest` is `REF/PATH`; undefined where there is none. */
export async function filePage(world: World, repository: Repo, rest: string): Promise<Markup | undefined> {
  const place = await placeOf(world, repository, rest)
  if (place === undefined) return undefined
  const { ref, commit, path } = place
  const git = world.git.of(repository)
  const head = html`<p class="muted"><a href="${pageOf(repository)}/tree/${ref}"><b>${repository.name}</b></a> at <code>${ref}</code>${crumbs(repository, ref, path)}</p>`
  const object = await git.objects.read(`${commit}:${path}`)
  if (object?.type === 'tree') {
    const entries = parseTree(object.content).toSorted(
      (left, right) => Number(right.mode === '040000') - Number(left.mode === '040000'),
    )
    const below = path === '' ? '' : `${encodePath(path)}/`
    return html`${head}<ul class="list files">${entries.map(({ path: name, mode }) => {
      const kind = mode === '040000' ? 'tree' : 'blob'
      return html`<li><a href="${pageOf(repository)}/${kind}/${ref}/${below}${encodePath(name)}">${name}${kind === 'tree' ? '/' : ''}</a></li>`
    })}</ul>`
  }
  if (object?.type !== 'blob') return undefined
  return html`${head}${box(html`<b>${path.split('/').at(-1)}</b>`, fileBody(repository, path, object.content))}`
}

function fileBody(repository: Repo, path: string, bytes: Buffer): Markup {
  if (bytes.includes(0)) return html`<span class="muted">No text to show (${bytes.length} bytes).</span>`
  const text = bytes.toString('utf8')
  if (path.endsWith('.md')) return markdownOf(repository, text)
  const lines = text.replace(/\n$/, '').split('\n')
  const shown = lines
    .slice(0, MAX_LINES)
    .map((line, index) => html`<span id="L${index + 1}">${line === '' ? ' ' : line}</span>`)
  const more = lines.length > MAX_LINES ? html`<p class="muted">… ${lines.length - MAX_LINES} more lines</p>` : ''
  return html`<div class="diff lines"><div>${shown}</div></div>${more}`
}

/** The longest beginning of `REF/PATH` that names a branch, a tag or a commit; names of branches may hold slashes. */
async function placeOf(world: World, repository: Repo, rest: string) {
  const parts = rest.split('/').filter(Boolean)
  // git takes these for something else than names.
  if (parts.some((part) => part === '.' || part === '..' || /\p{Cc}/u.test(part))) return undefined
  for (let count = parts.length; count > 0; count -= 1) {
    const ref = parts.slice(0, count).join('/')
    const commit = await world.git.resolve(repository, ref)
    if (commit !== undefined) return { ref, commit, path: parts.slice(count).join('/') }
  }
  return undefined
}

function crumbs(repository: Repo, ref: string, path: string): Markup[] {
  const parts = path.split('/').filter(Boolean)
  return parts.map((part, index) => {
    const to = encodePath(parts.slice(0, index + 1).join('/'))
    return html` / ${index === parts.length - 1 ? part : html`<a href="${pageOf(repository)}/tree/${ref}/${to}">${part}</a>`}`
  })
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

/** GitHub's "new file" page, as a prefilled link opens it: a name, a text, and a button that commits to that branch. */
export function newFilePage(repository: Repo, branch: string, name: string, text: string): Markup {
  const path = `${pageOf(repository)}/new/${branch}`
  return html`<h1>New file on <code>${branch}</code></h1>${box(
    html`<b>A person's commit</b> <span class="muted">what an App may not write without a permission of its own</span>`,
    actionForm(
      path,
      pageOf(repository),
      html`<label class="field"><b>Path</b><input type="text" name="path" required value="${name}"></label>
<label class="field"><b>Text</b><textarea class="code" name="text" rows="24" required>${raw('\n')}${text}</textarea></label>
<button class="main">Commit new file</button>`,
    ),
  )}`
}
