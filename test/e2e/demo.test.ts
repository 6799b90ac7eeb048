/** `graft demo` as a person runs it: the story on a clone that stays as it is, and Ctrl-C at any moment, which leaves nothing behind. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CACHE, makeTarget, ROOT, stateOf, temporaryFolder } from './support.ts'

const LOCATOR = 'pkg:pypi/qulacs@0.6.14'

/** Starts it with a folder of its own for everything temporary; `at` is told all that was printed so far. */
async function demo(words: readonly string[], at: (printed: string, interrupt: () => void) => void = () => undefined) {
  const temporary = temporaryFolder()
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'graft.js'), 'demo', ...words, '--cache-dir', CACHE], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  const told = () => at(stdout + stderr, () => child.kill('SIGINT'))
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
    told()
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
    told()
  })
  const [code] = (await once(child, 'close')) as [number]
  return { code, stdout, stderr, left: readdirSync(temporary), processes: processesOf(temporary) }
}

/** Command lines of the processes that work in a folder. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((id) => {
      try {
        const line = readFileSync(`/proc/${id}/cmdline`, 'utf8')
        return line.includes(folder) || readFileSync(`/proc/${id}/environ`, 'utf8').includes(folder) ? [line] : []
      } catch {
        return []
      }
    })
}

test('the story on a clone: every step is seen, the clone stays as it is, nothing is left', async () => {
  const target = makeTarget()
  const before = stateOf(target)
  const { code, stdout, left } = await demo([LOCATOR, '--once', '--json', '--target', target])
  expect(code).toBe(0)
  const { issue, pull, backend, scenes } = JSON.parse(stdout)
  expect({ issue, pull, backend }).toEqual({ issue: 2, pull: 3, backend: 'qulacs' })
  expect(scenes.map(({ who }: { who?: string }) => who).filter(Boolean)).toContain('graft[bot]')
  expect(scenes.at(-1).text).toContain('✓ merge')
  expect(stateOf(target)).toBe(before)
  expect(left).toEqual([])
})

test.each([
  ['while the source is read', 'comments', 130],
  ['while the simulator is measured', 'Graft has read the source', 130],
] as const)('Ctrl-C %s', async (_, moment, expected) => {
  let sent = false
  const { code, left, processes } = await demo([LOCATOR], (printed, interrupt) => {
    if (!sent && printed.includes(moment)) {
      sent = true
      interrupt()
    }
  })
  expect({ code, left, processes }).toEqual({ code: expected, left: [], processes: [] })
})

test.each([
  [['--port', 'x'], /--port takes a number/],
  [['--target', ROOT.concat('/docs')], /has no \.git/],
  [['--port', '70000'], /--port takes a number/],
])('%j is answered before anything begins', async (words, expected) => {
  const { code, stdout, stderr, left } = await demo([LOCATOR, ...words])
  expect({ code, stdout, left }).toEqual({ code: 1, stdout: '', left: [] })
  expect(stderr).toMatch(expected)
})

test('a port that is taken is said to be', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { code, stderr, left } = await demo([LOCATOR, '--once', '--port', String(port)])
  server.close()
  expect({ code, left }).toEqual({ code: 1, left: [] })
  expect(stderr).toContain(`Port ${port} is in use`)
})
