/** The installers: uv where there is one, pip otherwise. They may use the network; nothing of a package runs in them. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type RunOptions, type RunResult, runProcess } from './process.ts'

/** What may pass from the operator's environment to installers. The index itself is passed by `indexEnvironment`. */
const PASSED =
  /^(PATH|HOME|USER|LANG|LC_\w+|TMPDIR|TEMP|TMP|SYSTEMROOT|USERPROFILE|APPDATA|LOCALAPPDATA|XDG_(CACHE|DATA)_HOME|PYENV_(ROOT|VERSION)|PIP_(TRUSTED_HOST|CLIENT_CERT|DEFAULT_TIMEOUT|RETRIES|CACHE_DIR)|UV_(CACHE_DIR|HTTP_TIMEOUT|INSECURE_HOST|CONCURRENT_\w+|LINK_MODE))$/i

/** The environment of installers and of questions to an interpreter. */
export function toolEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && PASSED.test(name)) environment[name] = value
  }
  return { ...environment, ...extra }
}

/** How uv is started, and what it says its version is. */
export interface Uv {
  readonly command: string
  readonly prefix: readonly string[]
  readonly version: string
}

/**
 * Looks for uv on the PATH, in the project's own environment, and as a module of the interpreters.
 *
 * @param projectFolder the folder that may hold `.venv/bin/uv`
 */
export async function findUv(projectFolder: string, pythons: readonly string[] = ['python3']): Promise<Uv | undefined> {
  const own = ['bin', 'Scripts'].map((folder) => join(projectFolder, '.venv', folder, 'uv')).filter(existsSync)
  const tries: [string, readonly string[]][] = [
    ...(onPath('uv') ? [['uv', []] as [string, readonly string[]]] : []),
    ...own.map((path): [string, readonly string[]] => [path, []]),
    ...pythons.map((python): [string, readonly string[]] => [python, ['-I', '-m', 'uv']]),
  ]
  for (const [command, prefix] of tries) {
    const answer = await runProcess(command, [...prefix, '--version'], { env: toolEnvironment(), seconds: 20 }).catch(
      () => undefined, // not startable: the next one
    )
    const version = /^uv (\d+\.\d+\.\d+)/.exec(answer?.stdout ?? '')?.[1]
    if (answer?.code === 0 && version !== undefined) return { command, prefix, version }
  }
  return undefined
}

/** The interpreter of a virtual environment. */
export function interpreterIn(environment: string): string {
  return join(environment, 'bin', 'python')
}

/** Whether a program of this name is on the PATH. */
export function onPath(name: string): boolean {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : ['']
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && suffixes.some((suffix) => existsSync(join(folder, name + suffix))))
}

/** Runs uv without its configuration files: the caller says all that matters. */
export function runUv(
  uv: Uv,
  args: readonly string[],
  options: Omit<RunOptions, 'env' | 'cwd'> & { env?: Readonly<Record<string, string>> },
): Promise<RunResult> {
  const env = toolEnvironment({ UV_PYTHON_DOWNLOADS: 'never', UV_NO_PROGRESS: '1', NO_COLOR: '1', ...options.env })
  return runProcess(uv.command, [...uv.prefix, ...args, '--no-config'], { ...options, env })
}

/** Interpreters that uv knows besides those on the PATH. */
export async function pythonsOfUv(uv: Uv): Promise<string[]> {
  const answer = await runUv(uv, ['python', 'list', '--only-installed', '--output-format', 'json'], { seconds: 20 })
  if (answer.code !== 0) return []
  try {
    const rows: unknown = JSON.parse(answer.stdout)
    if (!Array.isArray(rows)) return []
    return rows.flatMap((row: unknown) => {
      const path = typeof row === 'object' && row !== null && 'path' in row ? row.path : undefined
      return typeof path === 'string' ? [path] : []
    })
  } catch {
    return []
  }
}
