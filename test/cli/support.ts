/** A terminal that keeps what is written to it, and a way to run the command line as a person does. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import pc from 'picocolors'
import type { Terminal } from '../../src/cli/terminal.ts'

const GRAFT = join(import.meta.dirname, '..', '..', 'bin', 'graft.js')

export function recorder(options: { live?: boolean; colours?: boolean; width?: number } = {}): Terminal & {
  readonly text: () => string
} {
  let written = ''
  return {
    palette: pc.createColors(options.colours ?? false),
    width: options.width ?? 100,
    live: options.live ?? false,
    write: (text) => {
      written += text
    },
    text: () => written,
  }
}

export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `bin/graft.js` as a person does, with variables of the environment replaced. */
export function runGraft(args: readonly string[], environment: NodeJS.ProcessEnv = {}, cwd?: string): Promise<Run> {
  const child = spawn(process.execPath, [GRAFT, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}
