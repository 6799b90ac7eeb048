/** What the end-to-end tests share: a target repository of their own, and the command line run as a person runs it. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { onTestFinished } from 'vitest'

export const ROOT = join(import.meta.dirname, '..', '..')

/** Downloads and environments are kept between runs, so that only the first one waits for the package index. */
export const CACHE = join(ROOT, '.cache', 'e2e')

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'graft-e2e-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs git in a folder and returns what it printed. */
export function git(folder: string, ...args: string[]): string {
  return execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
}

/** A fresh repository with the small target as its one commit. */
export function makeTarget(): string {
  const folder = temporaryFolder()
  cpSync(join(ROOT, 'templates', 'target'), folder, {
    recursive: true,
    filter: (path) => !/^(__pycache__|\.pytest_cache|\.ruff_cache)$/.test(basename(path)),
  })
  git(folder, 'init', '--quiet', '--initial-branch=main')
  git(folder, 'add', '.')
  git(folder, '-c', 'user.name=Test', '-c', 'user.email=test@example.invalid', 'commit', '--quiet', '-m', 'The target')
  return folder
}

/** Everything that git can see of a repository: refs, status, worktrees, stashes. Equal before and after: nothing was left. */
export function stateOf(folder: string): string {
  const commands = [
    ['for-each-ref', '--format=%(refname) %(objectname)'],
    ['symbolic-ref', 'HEAD'],
    ['status', '--porcelain', '--ignored', '--untracked-files=all'],
    ['worktree', 'list', '--porcelain'],
  ]
  return commands.map((args) => git(folder, ...args)).join('\n--\n')
}
