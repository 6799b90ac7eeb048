/** The constant programs that run in the sandbox. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { ConfigurationError } from '../values/errors.ts'

/**
 * Hash of a constant program, so that another version of it measures anew.
 *
 * @throws ConfigurationError when the folder has no `main`.
 */
export async function hashOfProgram(folder: string, main: string): Promise<string> {
  const paths = (await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []))
    .filter((entry) => entry.isFile() && /\.(?:py|json)$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !/^(?:tests|__pycache__)[/\\]/.test(path))
    .sort()
  if (!paths.includes(main))
    throw new ConfigurationError(`A program of the sandbox is missing (${join(folder, main)}); install Graft again.`)
  const hash = createHash('sha256')
  for (const path of paths) hash.update(`${path}\0`).update(await readFile(join(folder, path)))
  return hash.digest('hex')
}
