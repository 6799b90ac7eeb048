/** Ctrl-C and a polite kill: what was begun is taken back, the exit code says so, and a second Ctrl-C need not be sent. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeTarget, ROOT, stateOf, temporaryFolder } from './support.ts'

/** A program that runs until it is told to end, as `bin/graft.js` starts one under an older Node. */
const FORWARD = `
import { forward } from ${JSON.stringify(join(ROOT, 'bin', 'node.js'))}
const child = "process.on('SIGINT', () => process.exit(42)); setInterval(() => {}, 1000); console.log('ready')"
forward(process.execPath, ['-e', child], process.env)`

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s while an index does not answer', async (signal) => {
  const server = createServer(() => undefined)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const repo = makeTarget()
  const before = stateOf(repo)
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`
  const words = ['integrate', 'x', '--repo', repo, '--cache-dir', temporaryFolder(), '--json']
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'graft.js'), ...words], {
    env: { ...process.env, PIP_INDEX_URL: address },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  await once(server, 'request')
  // A terminal and a launcher between them send it twice: that is one.
  child.kill(signal)
  child.kill(signal)
  const [code] = await once(child, 'close')
  expect(code).toBe(130)
  expect(JSON.parse(stdout)).toMatchObject({ error: { kind: 'interrupted', exitCode: 130 } })
  expect(stateOf(repo)).toBe(before)
})

test('the launcher hands an interrupt on that was sent to it alone', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', FORWARD], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([42, null])
})
