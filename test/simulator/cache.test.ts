/** The cache between processes: one maker at a time, dead makers do not block, nothing half-written is read. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { readCached, withLock, writeAtomically } from '../../src/simulator/cache.ts'
import { temporaryFolder } from './support.ts'

test('one at a time, in the same process too', async () => {
  const path = join(temporaryFolder(), 'a', 'lock')
  let inside = 0
  let most = 0
  const work = () =>
    withLock(path, async () => {
      inside += 1
      most = Math.max(most, inside)
      await new Promise((resolve) => setImmediate(resolve))
      inside -= 1
    })
  await Promise.all([work(), work(), work()])
  expect(most).toBe(1)
  expect(readdirSync(join(path, '..'))).toEqual([])
})

test('a failure gives the lock back', async () => {
  const path = join(temporaryFolder(), 'lock')
  await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(existsSync(path)).toBe(false)
})

test('the lock of a process that was killed is taken over at once', async () => {
  const path = join(temporaryFolder(), 'lock')
  const child = spawn(process.execPath, ['-e', '0'])
  await new Promise((resolve) => child.on('exit', resolve))
  writeFileSync(path, JSON.stringify({ pid: child.pid, host: hostname(), token: 'x' }))
  const began = performance.now()
  expect(await withLock(path, async () => 'taken')).toBe('taken')
  expect(performance.now() - began).toBeLessThan(5000)
})

test('the lock of a living process is waited for, until it was not touched for a minute', async () => {
  const path = join(temporaryFolder(), 'lock')
  writeFileSync(path, JSON.stringify({ pid: process.pid, host: 'another-machine', token: 'x' }))
  const abort = AbortSignal.timeout(600)
  await expect(withLock(path, async () => 'taken', abort)).rejects.toThrow()
  const longAgo = new Date(Date.now() - 60_000)
  utimesSync(path, longAgo, longAgo)
  expect(await withLock(path, async () => 'taken')).toBe('taken')
})

test('a damaged, foreign or old file is no cache', async () => {
  const path = join(temporaryFolder(), 'file.json')
  const schema = z.object({ a: z.number() })
  expect(await readCached(path, schema)).toBeUndefined()
  for (const text of ['{"a": 1', '{"a": "1"}', '']) {
    await writeAtomically(path, text)
    expect(await readCached(path, schema)).toBeUndefined()
  }
  await writeAtomically(path, '{"a": 1}')
  expect(await readCached(path, schema, 60)).toEqual({ a: 1 })
  const longAgo = new Date(Date.now() - 120_000)
  utimesSync(path, longAgo, longAgo)
  expect(await readCached(path, schema, 60)).toBeUndefined()
  expect(readdirSync(join(path, '..'))).toEqual(['file.json'])
})
