/**
 * git as a tool: fixed argument lists, no hooks, and none of the environment's `GIT_*` variables.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SimpleGit } from 'simple-git'
import { simpleGit } from 'simple-git'
import { ConfigurationError } from '../values/errors.ts'

const CONFIG = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'core.quotePath=false', 'gc.auto=0']
const OWN_VARIABLES = [
  'GIT_INDEX_FILE',
  'GIT_WORK_TREE',
  'GIT_DIR',
  'GIT_OPTIONAL_LOCKS',
  'GIT_LITERAL_PATHSPECS',
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
]

interface GitOptions {
  readonly variables?: Readonly<Record<string, string>>
  readonly input?: string
}

/** What git needs of the process's environment; anything else (`GIT_DIR` of a hook, pagers, editors) stays outside. */
const PASSED_ON = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'TMPDIR', 'TEMP', 'USERPROFILE', 'SYSTEMROOT']

/** A client for one command. `binary` results and standard input are per command, so each has its own. */
export function client(folder: string, options: GitOptions): SimpleGit {
  const environment: Record<string, string> = { LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_LITERAL_PATHSPECS: '1' }
  for (const name of PASSED_ON) {
    const value = process.env[name]
    if (value !== undefined) environment[name] = value
  }
  return simpleGit({
    baseDir: folder,
    config: CONFIG,
    allowEnvironment: OWN_VARIABLES,
    unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true },
    ...(options.input === undefined ? {} : { input: () => options.input }),
    errors: (error, result) => {
      if (error !== undefined || result.exitCode === 0) return error
      return Buffer.concat([...result.stdOut, ...result.stdErr, Buffer.from(`(exit code ${result.exitCode})`)])
    },
  }).env({ ...environment, ...options.variables })
}

export async function needGit<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (String(error).includes('ENOENT')) {
      throw new ConfigurationError('git was not found. Install git 2.24 or later and put it on the PATH.', {
        cause: error,
      })
    }
    throw error
  }
}

/** Runs git in a folder with a fixed argument list and returns its standard output. */
export function run(folder: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  return needGit(client(folder, options).raw([...args]))
}

/** Runs git on a repository, wherever it is and whether bare or not. */
export function git(gitDir: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  return run(gitDir, args, { ...options, variables: { GIT_DIR: gitDir, ...options.variables } })
}

/** A failure that git itself reported means "there is none"; a missing git passes through. */
export function onlyGitErrors(error: unknown): undefined {
  if (error instanceof ConfigurationError) throw error
  return undefined
}

/** Runs `use` with a fresh folder, which is gone afterwards. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
