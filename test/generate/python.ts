/** Runs the helper programs of these tests: JSON in, JSON out, one process per batch. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

export function runPython<T>(program: string, input: unknown, path: readonly string[] = []): T {
  const result = spawnSync('python3', [join(import.meta.dirname, 'python', program)], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, PYTHONPATH: path.join(':'), PYTHONDONTWRITEBYTECODE: '1' },
  })
  if (result.status !== 0) throw new Error(`${program} failed: ${result.error?.message ?? result.stderr}`)
  return JSON.parse(result.stdout) as T
}
