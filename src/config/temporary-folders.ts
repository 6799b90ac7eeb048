/** Temporary folders that killed processes left behind: a process that ends by itself removes its own. */
import { lstat, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What is made with `mkdtemp` for one job; the longest job takes less than an hour. */
const OURS = /^graft-(?:git|install|measure|pip|placed|resolve|run|test)-[A-Za-z0-9]{6}$/
const OLD_MILLISECONDS = 6 * 3_600_000

/** Removes those of this user that nobody has touched for six hours. What cannot be removed stays: it is no reason to fail. */
export async function sweepTemporaryFolders(folder = tmpdir(), now = Date.now()): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!OURS.test(name)) continue
    const path = join(folder, name)
    const found = await lstat(path).catch(() => undefined)
    if (found?.isDirectory() !== true || now - found.mtimeMs < OLD_MILLISECONDS) continue
    if (process.getuid !== undefined && found.uid !== process.getuid()) continue
    await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}
