/** What every command runs in: the two streams, the services, Ctrl-C, and what becomes of an error. */
import type { Services } from '../integration/services.ts'
import { createServices } from '../integration/services.ts'
import type { Audience } from '../values/errors.ts'
import { GraftError } from '../values/errors.ts'
import type { ExitCode } from './exit.ts'
import { EXIT, exitOfError } from './exit.ts'
import { progressView } from './progress-view.ts'
import type { Terminal } from './terminal.ts'
import { harmless, jsonText, terminal } from './terminal.ts'

/** Ctrl-C, a polite kill, and a terminal that was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const SAME_SIGNAL_MILLISECONDS = 500
const INTERRUPTED = 'Interrupted. Nothing was kept.'

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean
  readonly cacheDir?: string
  readonly python?: string
  readonly allowBuild?: boolean
  readonly with?: readonly string[]
}

export interface Context {
  /** The stages' ports; made when asked for, so that `doctor` works on a machine that lacks what they need. */
  readonly services: () => Promise<Services>
  /** Standard output: the result, nothing else. */
  readonly out: Terminal
  /** Standard error: progress, warnings, advice. */
  readonly err: Terminal
}

/** Prints a value as JSON on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${jsonText(value, 2)}\n`)
}

/** What `--json` prints when there is no result: who can act on it, and the same sentence that a person gets. */
export function printJsonError(kind: Audience | 'interrupted', message: string, exitCode: ExitCode): void {
  printJson({ schema: 1, error: { kind, message, exitCode } })
}

/**
 * Runs a command's work with live progress, ends it on Ctrl-C, turns an error into one sentence, and sets the exit code.
 * Ctrl-C asks the work to stop and waits until what was begun is taken back; a second one ends at once.
 */
export async function runCommand(options: CommonOptions, work: (context: Context) => Promise<ExitCode>): Promise<void> {
  const out = terminal(process.stdout)
  const err = terminal(process.stderr)
  const view = progressView(err)
  const interrupt = new AbortController()
  let interruptedAt = 0
  const onSignal = () => {
    if (interrupt.signal.aborted) {
      // The launcher hands on what a terminal sent to both of them: that is one Ctrl-C.
      if (performance.now() - interruptedAt > SAME_SIGNAL_MILLISECONDS) process.exit(EXIT.interrupted)
      return
    }
    interruptedAt = performance.now()
    err.write('\nStopping; what was begun is taken back (Ctrl-C again ends at once) …\n')
    interrupt.abort()
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  try {
    const services = () =>
      createServices({
        cacheDir: options.cacheDir,
        python: options.python,
        allowBuild: options.allowBuild,
        undeclared: options.with,
        onProgress: view.onProgress,
        signal: interrupt.signal,
      })
    process.exitCode = await work({ services, out, err })
  } catch (error) {
    view.close()
    if (interrupt.signal.aborted) {
      err.write(`${INTERRUPTED}\n`)
      if (options.json) printJsonError('interrupted', INTERRUPTED, EXIT.interrupted)
      process.exitCode = EXIT.interrupted
    } else process.exitCode = reportError(error, err, options.json)
  } finally {
    view.close()
    // After an interrupt they stay until the end: a second one that comes late must not kill what is about to say 130.
    if (!interrupt.signal.aborted) for (const signal of SIGNALS) process.off(signal, onSignal)
  }
}

/** One sentence for who can act; for a bug also a log line with the stack, to be sent to the maintainers. */
export function reportError(error: unknown, err: Terminal, json = false): ExitCode {
  const { palette } = err
  const exitCode = exitOfError(error)
  if (error instanceof GraftError && error.audience !== 'bug') {
    const message = error.message
      .split('\n')
      .map((line) => harmless(line))
      .filter(Boolean)
      .join('\n')
    err.write(`${palette.red('✗')} ${message}\n`)
    if (json) printJsonError(error.audience, error.message, exitCode)
    return exitCode
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  err.write(
    `${palette.red('✗')} Graft itself went wrong: ${harmless(message)}. Please report it, with the next line and the command that you gave.\n`,
  )
  err.write(`${jsonText({ level: 'error', message: 'unexpected error', node: process.version, stack })}\n`)
  if (json) printJsonError('bug', message, exitCode)
  return exitCode
}
