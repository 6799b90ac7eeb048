/** Finds a Python interpreter that suits the target and the package. Nothing is installed into it. */
import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigurationError } from '../values/errors.ts'
import { runProcess } from './process.ts'
import { inRange } from './requirements.ts'
import { onPath, pythonsOfUv, toolEnvironment, type Uv } from './tools.ts'

/** Oldest Python that the probe and the bridge are written for. */
const OLDEST_PYTHON = '3.11'

const facts = z.object({
  executable: z.string().min(1).max(1000),
  /** The interpreter below any virtual environment, and the folder of its standard library. */
  base: z.string().min(1).max(1000),
  basePrefix: z.string().min(1).max(1000),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** Final releases only: packages may not be compiled for anything else. */
  final: z.boolean(),
  implementation: z.string().max(40),
  platform: z.string().max(100),
  venv: z.boolean(),
})
export type Python = z.infer<typeof facts>

const QUESTION = `
import importlib.util, json, os, sys, sysconfig
v = sys.version_info
base = getattr(sys, "_base_executable", "") or sys.executable
print(json.dumps({
    "executable": sys.executable, "base": os.path.realpath(base), "basePrefix": os.path.realpath(sys.base_prefix),
    "version": "%d.%d.%d" % v[:3], "final": v[3] == "final", "implementation": sys.implementation.name,
    "platform": sysconfig.get_platform(),
    "venv": all(importlib.util.find_spec(m) is not None for m in ("venv", "ensurepip")),
}))
`

const NAMES = ['python3', 'python3.11', 'python3.12', 'python3.13', 'python3.14', 'python3.15', 'python']

/** What an interpreter says about itself, or undefined when it is missing, broken or too slow. */
async function askPython(command: string): Promise<Python | undefined> {
  const answer = await runProcess(command, ['-I', '-c', QUESTION], { env: toolEnvironment(), seconds: 20 }).catch(
    (error: unknown) => {
      if (error instanceof ConfigurationError) return undefined
      throw error
    },
  )
  if (answer?.code !== 0) return undefined
  try {
    return facts.parse(JSON.parse(answer.stdout))
  } catch {
    // Something of this name that is not a Python (a version manager's shim without a version, for one).
    return undefined
  }
}

/**
 * The interpreters on the PATH that Graft can use, `python3` first; or only the one that was asked for.
 *
 * Throws ConfigurationError when there is none, or when `wanted` is unusable.
 */
export async function findPythons(wanted?: string): Promise<Python[]> {
  const names = wanted === undefined ? NAMES.filter(onPath) : [wanted]
  const seen: string[] = []
  const found = await usablePythons(names, seen)
  if (found.length > 0) return found
  const instead = seen.length > 0 ? `; found only ${[...new Set(seen)].join(', ')}` : ''
  const what = wanted === undefined ? 'No CPython' : `"${wanted}" is no CPython`
  throw new ConfigurationError(`${what} ${OLDEST_PYTHON} or newer${instead}. Install one and put it on the PATH.`)
}

/** Interpreters beside those on the PATH: the ones that uv knows, and those of pyenv. Newest last, as not every package has wheels for it. */
export async function findMorePythons(uv: Uv | undefined): Promise<Python[]> {
  const folder = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions')
  const names = await readdir(folder).catch(() => [] as string[])
  const own = names.filter((name) => /^3\.\d+\.\d+$/.test(name)).map((name) => join(folder, name, 'bin', 'python3'))
  const found = await usablePythons([...(uv === undefined ? [] : await pythonsOfUv(uv)), ...own])
  const minor = ({ version }: Python) => Number(version.split('.')[1])
  return found.sort((a, b) => minor(a) - minor(b))
}

/** Those of the given commands that are a final CPython new enough, each interpreter once. */
export async function usablePythons(commands: readonly string[], seen: string[] = []): Promise<Python[]> {
  const found = new Map<string, Python>()
  for (const answer of await Promise.all(commands.map(askPython))) {
    if (answer === undefined) continue
    seen.push(`${answer.version} (${answer.executable})`)
    const usable = answer.final && answer.implementation === 'cpython' && inRange(answer.version, `>=${OLDEST_PYTHON}`)
    if (usable && !found.has(answer.base)) found.set(answer.base, answer)
  }
  return [...found.values()]
}
