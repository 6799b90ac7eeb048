/** What changed between two trees, file by file, as GitHub lists it. */
import type { GitRepository } from './repository.ts'
import { runGit } from './run.ts'

export interface FileDiff {
  /** SHA of the blob afterwards; of the one before where the file was removed. */
  readonly sha: string
  readonly filename: string
  readonly previous: string | undefined
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed'
  readonly additions: number
  readonly deletions: number
  /** Hunks without the header; undefined for binary files and pure renames. */
  readonly patch: string | undefined
}

const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
const STATUS = { A: 'added', D: 'removed', M: 'modified', R: 'renamed', C: 'copied', T: 'changed' } as const

/** Compares two commits or trees; an undefined base is the empty tree. Renames are found as git finds them. */
export async function diffTrees(
  repository: GitRepository,
  base: string | undefined,
  head: string,
): Promise<FileDiff[]> {
  const from = base ?? EMPTY_TREE
  const shared = ['-M', '--no-ext-diff', '--no-textconv', '--no-color']
  const [facts, patches] = await Promise.all([
    runGit(repository.dir, ['diff', '--raw', '--numstat', '-z', '--no-abbrev', ...shared, from, head, '--']),
    runGit(repository.dir, ['diff', '--patch', ...shared, from, head, '--']),
  ])
  const hunks = splitPatches(patches.stdout.toString('utf8'))
  return parseFacts(facts.stdout.toString('utf8')).map((file, index) => ({ ...file, patch: hunks[index] }))
}

/** `:mode mode sha sha R100\0from\0to\0` for each file, then `added\tremoved\tpath\0` or `added\tremoved\t\0from\0to\0`. */
function parseFacts(text: string): Omit<FileDiff, 'patch'>[] {
  const tokens = text.split('\0')
  const files: Omit<FileDiff, 'patch' | 'additions' | 'deletions'>[] = []
  let at = 0
  while (tokens[at]?.startsWith(':')) {
    const [, , before = '', after = '', letter = 'M'] = (tokens[at++] ?? '').split(' ')
    const kind = STATUS[letter.charAt(0) as keyof typeof STATUS]
    const twoNames = kind === 'renamed' || kind === 'copied'
    const previous = twoNames ? tokens[at++] : undefined
    files.push({ sha: kind === 'removed' ? before : after, filename: tokens[at++] ?? '', previous, status: kind })
  }
  return files.map((file) => {
    const [added = '', removed = '', path = ''] = (tokens[at++] ?? '').split('\t')
    if (path === '') at += 2
    // `-` stands for a binary file.
    return { ...file, additions: Number(added) || 0, deletions: Number(removed) || 0 }
  })
}

/** Lines of a hunk begin with a blank, a sign or a backslash: a line that begins with `diff --git ` begins a file. */
function splitPatches(text: string): (string | undefined)[] {
  return text
    .split(/^(?=diff --git )/m)
    .filter((part) => part !== '')
    .map((part) => {
      const start = part.startsWith('@@') ? 0 : part.indexOf('\n@@') + 1
      return start === 0 ? undefined : part.slice(start).replace(/\n$/, '')
    })
}
