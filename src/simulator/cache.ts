/** Files of the cache: written whole or not at all, made by one process at a time, checked when they are read. */
import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'

/** Writes a file so that a reader sees the old content or the new, never half of it. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${randomUUID()}`
  try {
    await writeFile(temporary, text)
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Reads a JSON file of the cache; undefined when it is missing, damaged, of another form or older than `maxAge` seconds. */
export async function readCached<T>(path: string, schema: z.ZodType<T>, maxAge = Infinity): Promise<T | undefined> {
  try {
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > maxAge * 1000) return undefined
    return schema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    // A cache that cannot be read is an empty one.
    return undefined
  }
}

const holder = z.object({ pid: z.int(), host: z.string(), token: z.string() })

/** A lock whose file was not touched for so long belongs to nobody: its process is gone, or its machine is. */
const STALE_SECONDS = 30

/**
 * Runs `use` while no other process runs under the same lock file.
 *
 * The lock saves work; it is not what makes the cache right. A holder that was taken for dead may go on, so whatever is made
 * under it must be put into place by one rename.
 */
export async function withLock<T>(path: string, use: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  await mkdir(dirname(path), { recursive: true })
  const token = randomUUID()
  const own = `${path}.${token}`
  await writeFile(own, JSON.stringify({ pid: process.pid, host: hostname(), token }))
  try {
    for (;;) {
      signal?.throwIfAborted()
      if (await takes(own, path)) break
      if (await isStale(path)) await setAside(path, token)
      else await wait(200, undefined, signal === undefined ? {} : { signal })
    }
    const heartbeat = setInterval(() => {
      const now = new Date()
      utimes(path, now, now).catch(() => undefined) // taken from us: the rename at the end decides
    }, 5000)
    try {
      return await use()
    } finally {
      clearInterval(heartbeat)
      if ((await tokenOf(path)) === token) await rm(path, { force: true })
    }
  } finally {
    await rm(own, { force: true })
  }
}

/** A hard link appears with its content at once, or fails because the name is taken. */
async function takes(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > STALE_SECONDS * 1000) return true
    const { pid, host } = holder.parse(JSON.parse(await readFile(path, 'utf8')))
    return host === hostname() && !isAlive(pid)
  } catch {
    // Gone meanwhile, so the next attempt gets it; or unreadable, and then only its age tells.
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Takes a stale lock out of the way. The rename makes sure that only one of several waiters does it. */
async function setAside(path: string, token: string): Promise<void> {
  const aside = `${path}.stale.${token}`
  try {
    await rename(path, aside)
    await rm(aside, { force: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

async function tokenOf(path: string): Promise<string | undefined> {
  return (await readCached(path, holder))?.token
}
