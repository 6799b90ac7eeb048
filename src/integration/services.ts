/** The ports and settings that the stages run on. Built once per command. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sweepTemporaryFolders } from '../config/temporary-folders.ts'
import { findMorePythons, findPythons, type Python } from '../simulator/python.ts'
import { parseRequirement, type Requirement } from '../simulator/requirements.ts'
import type { Runner } from '../simulator/runner.ts'
import { createSandboxRunner } from '../simulator/sandbox.ts'
import { findUv } from '../simulator/tools.ts'
import type { PythonTarget } from '../source/wheel-tags.ts'
import { BugError, UserError } from '../values/errors.ts'
import type { OnProgress } from '../values/progress.ts'

export interface Services {
  readonly runner: Runner
  /** The Python that decides which version and which wheel of a package is read. */
  readonly python: PythonTarget
  /** What has no wheel may be built, whatever is asked for. Default false. */
  readonly allowBuild?: boolean | undefined
  readonly cacheDir: string
  readonly templatesDir: string
  readonly onProgress: OnProgress
  /** Aborted by Ctrl-C: the present step is ended, and what was begun is taken back. */
  readonly signal: AbortSignal
}

export interface ServiceOptions {
  /** Where downloads, environments and measurements are kept. Deleting it costs time, never data. */
  readonly cacheDir?: string | undefined
  readonly onProgress?: OnProgress | undefined
  /** Allow building the package from its sdist when no wheel fits: runs the package's build script, without a sandbox. */
  readonly allowBuild?: boolean | undefined
  /** Requirements that the package has and does not declare, as in `pip install`. */
  readonly undeclared?: readonly string[] | undefined
  /** Python to use instead of the one that is found. */
  readonly python?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** `$XDG_CACHE_HOME/graft`, else `~/.cache/graft` (XDG Base Directory Specification 0.8). */
export function defaultCacheDir(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME
  return base?.startsWith('/') ? join(base, 'graft') : join(homedir(), '.cache', 'graft')
}

/** Makes the services of the command line: everything local. */
export async function createServices(options: ServiceOptions = {}): Promise<Services> {
  const cacheDir = resolve(options.cacheDir ?? defaultCacheDir())
  const templatesDir = fileURLToPath(new URL('../../templates', import.meta.url))
  const onProgress = options.onProgress ?? (() => undefined)
  const signal = options.signal ?? new AbortController().signal
  await sweepTemporaryFolders()
  const runner = createSandboxRunner({
    cacheDir,
    templatesDir,
    signal,
    allowBuild: options.allowBuild ?? false,
    undeclared: (options.undeclared ?? []).map(requirementOf),
    ...(options.python === undefined ? {} : { python: options.python }),
  })
  const [first, ...others] = await findPythons(options.python)
  if (first === undefined) throw new BugError('The search for a Python ended with none and without an error.')
  const python: PythonTarget = {
    version: first.version,
    // Only asked where the first will not do, as the environments are.
    others: async () => (options.python === undefined ? [...others, ...(await morePythons(templatesDir))] : others),
  }
  const { allowBuild } = options
  return { runner, python, allowBuild, cacheDir, templatesDir, onProgress, signal }
}

async function morePythons(templatesDir: string): Promise<Python[]> {
  return findMorePythons(await findUv(join(templatesDir, '..')))
}

function requirementOf(text: string): Requirement {
  const requirement = parseRequirement(text)
  if (requirement !== undefined) return requirement
  throw new UserError(
    `--with takes a requirement such as scipy or "scipy>=1.10,<2"; ${JSON.stringify(text.slice(0, 100))} is none.`,
  )
}
