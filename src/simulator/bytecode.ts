/**
 * Bytecode of what a run in an environment imports. Environments are read-only and not compiled, and most of the time of
 * importing a large package goes into compiling it: once for each environment is enough.
 *
 * Which modules a run imported is told by a hostile place, and that is all it decides: they are compiled by a process of their
 * own, contained as well, that executes nothing of them.
 */
import { randomUUID } from 'node:crypto'
import { cp, lstat, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { type Containment, DEFAULT_LIMITS, runContained } from './contain.ts'
import { digest, type Ready } from './environment.ts'
import { readHostileFile } from './hostile-file.ts'

const MOST_MODULES = 8000
const MAX_LIST_BYTES = 2 * 1024 * 1024
const COMPILE_SECONDS = 120

export interface BytecodeOptions {
  readonly templatesDir: string
  readonly cacheDir: string
  readonly containment: Containment
  /** Hash of the program whose own modules are among those that were imported. */
  readonly program: string
  readonly signal?: AbortSignal | undefined
}

/**
 * The folder with an environment's bytecode, or undefined where there is none yet; for `ContainedJob.bytecode`. It holds `env`,
 * `probe` and `base`, so that it does not matter where these lie in a run.
 */
export async function bytecodeOf(ready: Ready, options: BytecodeOptions): Promise<string | undefined> {
  const folder = folderOf(ready, options)
  return (await stat(folder).catch(() => undefined)) === undefined ? undefined : folder
}

function folderOf({ id, python }: Ready, { cacheDir, program }: BytecodeOptions): string {
  return join(cacheDir, 'bytecode', digest(JSON.stringify([id, python.base, python.version])), digest(program))
}

/**
 * Compiles the modules of a list that a run left behind. Nothing depends on it: where it fails, the next run compiles for itself.
 *
 * @param list file with a JSON list of paths of modules, as the run saw them
 */
export async function compileImported(ready: Ready, list: string, options: BytecodeOptions): Promise<void> {
  const folder = folderOf(ready, options)
  const paths = await readList(list)
  if (paths.length === 0 || (await bytecodeOf(ready, options)) !== undefined) return
  const scratch = await mkdtemp(join(tmpdir(), 'graft-compile-'))
  const part = `${folder}.${randomUUID()}`
  try {
    const [input, out] = [join(scratch, 'input'), join(scratch, 'out')]
    for (const made of [input, out]) await mkdir(made)
    const roots: Record<string, string> = { base: ready.python.basePrefix }
    await writeFile(join(input, 'modules.txt'), paths.map((path) => `${path}\n`).join(''))
    const { end, code } = await runContained(options.containment, {
      python: ready.python,
      readOnly: { env: ready.folder, probe: join(options.templatesDir, 'probe'), input },
      writable: { out },
      launcher: join(options.templatesDir, 'sandbox', 'launch.py'),
      command: (inside) => {
        for (const name of ['env', 'probe']) roots[name] = inside(name)
        return [
          ready.python.base,
          // Without `site`: the start-up files of an environment are code of packages.
          ...['-I', '-S', '-X', `pycache_prefix=${inside('out', 'bytecode')}`],
          ...['-m', 'compileall', '-qq', '--invalidation-mode', 'unchecked-hash'],
          ...['-i', inside('input', 'modules.txt')],
        ]
      },
      limits: { ...DEFAULT_LIMITS, seconds: COMPILE_SECONDS },
      signal: options.signal,
    })
    // Code 1: some file could not be compiled.
    if (end !== 'exit' || code > 1) return
    await mkdir(part, { recursive: true })
    const ordinary = async (path: string) => {
      const facts = await lstat(path)
      return facts.isDirectory() || (facts.isFile() && path.endsWith('.pyc'))
    }
    for (const [name, path] of Object.entries(roots)) {
      const compiled = join(out, 'bytecode', path)
      if ((await stat(compiled).catch(() => undefined)) !== undefined)
        await cp(compiled, join(part, name), { recursive: true, filter: ordinary })
    }
    // Somebody else may have been quicker; theirs is as good.
    await rename(part, folder).catch(() => undefined)
    await removeOthers(folder)
  } finally {
    for (const left of [scratch, part]) await rm(left, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** What was compiled with another version of the program is of no more use. */
async function removeOthers(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder)))
    if (name !== basename(folder) && !name.startsWith(`${basename(folder)}.`))
      await rm(join(dirname(folder), name), { recursive: true, force: true, maxRetries: 3 })
}

const modules = z.array(z.string().max(1000)).max(MOST_MODULES)

async function readList(path: string): Promise<string[]> {
  try {
    const listed = modules.parse(JSON.parse((await readHostileFile(path, MAX_LIST_BYTES)) ?? '[]'))
    return listed.filter((one) => /^\/[\w./+@ -]+\.py$/.test(one) && !one.includes('/../'))
  } catch {
    return []
  }
}
