/** One call of the git binary: asynchronous, without the person's configuration, hooks or credentials. */
import { spawn } from 'node:child_process'

export interface GitOptions {
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  /** Exit codes that are answers and no failures. Default: only 0. */
  readonly accept?: readonly number[]
}

export interface GitOutput {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

/** git ended with an exit code that the caller did not expect. */
export class GitError extends Error {
  readonly stderr: string
  constructor(args: readonly string[], code: number | null, stderr: string) {
    super(`git ${args.join(' ')} ended with ${code}: ${stderr.trim()}`)
    this.name = 'GitError'
    this.stderr = stderr
  }
}

/** Environment of every git process here: the search path and nothing else of this process's. */
export function gitEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    // Names as they are, the same diff everywhere, no work in the background, whoever owns the folder.
    ...configuration({ 'core.quotePath': 'false', 'gc.auto': '0', 'diff.algorithm': 'myers', 'safe.directory': '*' }),
    ...more,
  }
}

function configuration(settings: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(settings).flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ])
  return { GIT_CONFIG_COUNT: String(Object.keys(settings).length), ...Object.fromEntries(pairs) }
}

/** Processes that run now, by their folder. */
const running = new Map<string, Set<Promise<unknown>>>()

/** Waits until no process runs in a folder. */
export async function gitEnded(dir: string): Promise<void> {
  while ((running.get(dir)?.size ?? 0) > 0) await Promise.allSettled(running.get(dir) ?? [])
}

/** Runs git in a repository's folder and returns what it wrote. Throws GitError on an exit code that is not accepted. */
export async function runGit(dir: string, args: readonly string[], options: GitOptions = {}): Promise<GitOutput> {
  const work = runOnce(dir, args, options)
  const all = running.get(dir) ?? new Set()
  running.set(dir, all.add(work))
  try {
    return await work
  } finally {
    all.delete(work)
    if (all.size === 0) running.delete(dir)
  }
}

async function runOnce(dir: string, args: readonly string[], options: GitOptions): Promise<GitOutput> {
  const child = spawn('git', [...args], {
    cwd: dir,
    env: gitEnvironment(options.env),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  // A process that ends without reading its input closes the pipe; its exit code tells the rest.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const text = Buffer.concat(stderr).toString('utf8')
  if (code === null || !(options.accept ?? [0]).includes(code)) throw new GitError(args, code, text)
  return { code, stdout: Buffer.concat(stdout), stderr: text }
}

/** Like `runGit`, for output that is text; the last line's end is cut off. */
export async function gitText(dir: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  return (await runGit(dir, args, options)).stdout.toString('utf8').replace(/\n$/, '')
}
