/** Makes a bare repository from a folder or from a clone. */
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { gitText, runGit } from './run.ts'

/**
 * Refuses what the server has decided to refuse: a line `ref message` for each ref in GITHUB_REFUSED. Commits that touch
 * workflow files can be looked at only here, where git has received them and nothing points to them yet.
 */
const UPDATE_HOOK = `#!/bin/sh
while read -r ref message; do
  if [ "$ref" = "$1" ]; then
    echo "error: GH006: Protected branch update failed for $1." >&2
    echo "error: $message" >&2
    exit 1
  fi
done <<EOF
$GITHUB_REFUSED
EOF
if [ -n "$GITHUB_NO_WORKFLOWS" ] && [ "$3" != 0000000000000000000000000000000000000000 ]; then
  if [ -n "$(git rev-list --max-count=1 "$3" --not --branches --tags -- .github/workflows)" ]; then
    echo "error: refusing to allow a GitHub App to create or update workflow without \\\`workflows\\\` permission" >&2
    exit 1
  fi
fi
`

const SETTINGS = {
  'http.receivepack': 'true',
  'receive.hideRefs': 'refs/pull',
  'receive.autogc': 'false',
  // The server says which branches may be deleted.
  'receive.denyDeleteCurrent': 'ignore',
  'uploadpack.allowAnySHA1InWant': 'true',
  'core.hooksPath': 'hooks',
} as const

export interface FirstCommit {
  readonly name: string
  readonly email: string
  readonly message: string
}

/**
 * Makes the repository at `dir` (it must not exist) and returns its default branch. A clone gives its branches and tags; the
 * files of a folder, without those its own `.gitignore` leaves out, become the first commit.
 */
export async function createBareRepository(
  dir: string,
  from: string,
  defaultBranch: string | undefined,
  first: FirstCommit,
): Promise<string> {
  const source = resolve(from)
  await mkdir(dir, { recursive: true })
  await runGit(dir, ['init', '--bare', '--quiet', '--initial-branch', defaultBranch ?? 'main', '.'])
  for (const [key, value] of Object.entries(SETTINGS)) await runGit(dir, ['config', key, value])
  const hook = join(dir, 'hooks', 'update')
  await mkdir(join(dir, 'hooks'), { recursive: true })
  await writeFile(hook, UPDATE_HOOK)
  await chmod(hook, 0o755)
  const branch = (await isClone(source))
    ? await takeBranches(dir, source, defaultBranch)
    : await commitFolder(dir, source, defaultBranch ?? 'main', first)
  await runGit(dir, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`])
  return branch
}

/** A working tree with its `.git`, or a bare repository. */
async function isClone(folder: string): Promise<boolean> {
  const there = (path: string) =>
    stat(join(folder, path)).then(
      () => true,
      () => false,
    )
  return (await there('.git')) || ((await there('objects')) && (await there('refs')) && (await there('HEAD')))
}

async function takeBranches(dir: string, source: string, wanted: string | undefined): Promise<string> {
  const specs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']
  await runGit(dir, ['fetch', '--quiet', '--update-shallow', source, ...specs])
  const { code, stdout } = await runGit(source, ['symbolic-ref', '--short', 'HEAD'], { accept: [0, 1, 128] })
  const branch = wanted ?? (code === 0 ? stdout.toString('utf8').trim() : 'main')
  const there = await runGit(dir, ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`], { accept: [0, 1] })
  // A detached HEAD, or a branch of another name: what is checked out is what the person means.
  if (there.code !== 0) await runGit(dir, ['fetch', '--quiet', '--update-shallow', source, `HEAD:refs/heads/${branch}`])
  return branch
}

async function commitFolder(dir: string, source: string, branch: string, first: FirstCommit): Promise<string> {
  const variables = {
    GIT_DIR: dir,
    GIT_WORK_TREE: source,
    GIT_INDEX_FILE: join(dir, 'first-index'),
    GIT_AUTHOR_NAME: first.name,
    GIT_AUTHOR_EMAIL: first.email,
    GIT_COMMITTER_NAME: first.name,
    GIT_COMMITTER_EMAIL: first.email,
  }
  await writeFile(join(dir, 'info', 'exclude'), '__pycache__/\n')
  await runGit(source, ['-c', 'core.autocrlf=false', 'add', '--all', '.'], { env: variables })
  const tree = await gitText(dir, ['write-tree'], { env: variables })
  const commit = await gitText(dir, ['commit-tree', tree, '-m', first.message], { env: variables })
  await runGit(dir, ['update-ref', `refs/heads/${branch}`, commit])
  return branch
}
