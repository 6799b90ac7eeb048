/** One child process: no stdin, capped output, a wall clock, and nobody of its group left behind. */
import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { ConfigurationError } from '../values/errors.ts'

export interface RunOptions {
  readonly env: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Seconds until the whole process group is killed. */
  readonly seconds: number
  /** Characters kept of each stream: the first half and the last half of what was written. Default 64 KiB. */
  readonly keep?: number
  /** Text for stdin; without it stdin is closed. */
  readonly input?: string
  /** Ends the run early: the group is killed and the abort's reason is thrown. */
  readonly signal?: AbortSignal | undefined
}

export interface RunResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** What the process wrote on descriptor 3, which only the outermost program of a containment knows. */
  readonly notes: string
  readonly timedOut: boolean
  readonly seconds: number
}

/**
 * Runs a command in a process group of its own and waits for it.
 *
 * Output is drained to the end however much there is (a blocked pipe would look like a hang) and only `keep` characters of
 * it are kept. When the time is over the whole group gets SIGKILL. Throws ConfigurationError when the program is missing.
 */
export async function runProcess(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  options.signal?.throwIfAborted()
  const began = performance.now()
  const child = spawn(command, [...args], {
    cwd: options.cwd,
    env: { ...options.env },
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
    windowsHide: true,
  })
  const keep = options.keep ?? 65_536
  const stdout = collect(child.stdout, keep)
  const stderr = collect(child.stderr, keep)
  const notes = collect(child.stdio[3] as Readable | null, 65_536)
  if (child.stdin !== null && options.input !== undefined) {
    // A process that ends without reading its input closes the pipe; its exit code tells the rest.
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input)
  }
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    killGroup(child.pid)
  }, options.seconds * 1000)
  const abort = () => killGroup(child.pid)
  options.signal?.addEventListener('abort', abort)
  try {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (exitCode, exitSignal) => {
        // Grandchildren that still hold the pipes would keep 'close' from ever coming.
        killGroup(child.pid)
        const patience = setTimeout(() => {
          for (const stream of child.stdio) stream?.destroy()
        }, 2000)
        child.once('close', () => {
          clearTimeout(patience)
          resolve([exitCode, exitSignal])
        })
      })
    })
    options.signal?.throwIfAborted()
    const seconds = (performance.now() - began) / 1000
    return { code, signal, stdout: stdout(), stderr: stderr(), notes: notes(), timedOut, seconds }
  } catch (cause) {
    if (options.signal?.aborted) throw cause
    throw new ConfigurationError(`Cannot start ${command}: ${(cause as Error).message}.`, { cause })
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', abort)
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // The group is gone already, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Keeps the head and the tail of a stream; returns how to get the text. */
function collect(stream: Readable | null, keep: number): () => string {
  const half = Math.floor(keep / 2)
  let head = ''
  let tail = ''
  let dropped = 0
  stream?.setEncoding('utf8')
  stream?.on('error', () => undefined)
  stream?.on('data', (chunk: string) => {
    const room = Math.max(0, half - head.length)
    head += chunk.slice(0, room)
    tail += chunk.slice(room)
    if (tail.length > half) {
      dropped += tail.length - half
      tail = tail.slice(-half)
    }
  })
  return () => (dropped > 0 ? `${head}\n[${dropped} characters left out]\n${tail}` : head + tail)
}
