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
  const form = ['--raw', '--numstat', '--patch', '-z', '--no-abbrev']
  const shared = ['-M', '--no-ext-diff', '--no-textconv', '--no-color']
  const { stdout } = await runGit(repository.dir, ['diff', ...form, ...shared, base ?? EMPTY_TREE, head, '--'])
  const { files, rest } = parseFacts(stdout.toString('utf8'))
  const hunks = splitPatches(rest)
  return files.map((file, index) => ({ ...file, patch: hunks[index] }))
}

interface Facts {
  readonly files: readonly Omit<FileDiff, 'patch'>[]
  /** The patches, which follow. */
  readonly rest: string
}

/** `:mode mode sha sha R100\0from\0to\0` for each file, then `added\tremoved\tpath\0` or `added\tremoved\t\0from\0to\0`. */
function parseFacts(text: string): Facts {
  let at = 0
  const token = () => {
    const end = text.indexOf('\0', at)
    const found = text.slice(at, end < 0 ? undefined : end)
    at = end < 0 ? text.length : end + 1
    return found
  }
  const named: Omit<FileDiff, 'patch' | 'additions' | 'deletions'>[] = []
  while (text[at] === ':') {
    const [, , before = '', after = '', letter = 'M'] = token().split(' ')
    const status = STATUS[letter.charAt(0) as keyof typeof STATUS]
    const previous = status === 'renamed' || status === 'copied' ? token() : undefined
    named.push({ sha: status === 'removed' ? before : after, filename: token(), previous, status })
  }
  const files = named.map((file) => {
    const [added = '', removed = '', path = ''] = token().split('\t')
    if (path === '') for (const _ of ['from', 'to']) token()
    // `-` stands for a binary file.
    return { ...file, additions: Number(added) || 0, deletions: Number(removed) || 0 }
  })
  return { files, rest: text.slice(at).replace(/^\0/, '') }
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
