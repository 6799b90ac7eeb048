/** The App's server in a process that is killed without warning and started again at the same port, with or without its memory. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { RunningServer } from '../../../src/bot/server.ts'
import type { ServerSettings } from '../../../src/bot/settings.ts'

const PROGRAM = join(import.meta.dirname, 'bot-process.ts')

export interface KillableServer extends RunningServer {
  /** Kill -9, at once; then a new process. `forget` deletes the queue in between: GitHub alone must be enough. */
  crash(forget: boolean): void
  /** How often it was killed. */
  readonly crashes: () => number
}

/** Starts the process and resolves when it listens. */
export async function serveKillable(settings: ServerSettings): Promise<KillableServer> {
  let process: ChildProcess
  let crashes = 0
  let restarting: Promise<unknown> = Promise.resolve()
  let closed = false

  const start = async (port: number): Promise<string> => {
    const child = spawn(globalThis.process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] })
    process = child
    child.stdin.on('error', () => undefined)
    child.stdin.end(JSON.stringify({ ...settings, port }))
    const lines = createInterface({ input: child.stdout })
    const first = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => undefined)])
    if (first === undefined) throw new Error('The server ended before it listened.')
    return String(first[0])
  }

  const url = await start(0)
  const port = Number(new URL(url).port)
  const restart = async (killed: ChildProcess, forget: boolean) => {
    if (killed.exitCode === null && killed.signalCode === null) await once(killed, 'exit')
    if (forget) await rm(settings.dataDir, { recursive: true, force: true })
    if (!closed) await start(port)
  }
  return {
    url,
    crashes: () => crashes,
    crash(forget) {
      crashes += 1
      const killed = process
      killed.kill('SIGKILL')
      restarting = restart(killed, forget)
    },
    async close() {
      closed = true
      await restarting
      process.kill('SIGTERM')
      if (process.exitCode === null && process.signalCode === null) {
        const timer = setTimeout(() => process.kill('SIGKILL'), 10_000)
        await once(process, 'exit')
        clearTimeout(timer)
      }
    },
  }
}
