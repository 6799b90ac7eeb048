/** What Graft needs on a machine, looked at one by one. Nothing is installed or changed. */
import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadIndexConfig } from '../config/index-config.ts'
import { defaultCacheDir } from '../integration/services.ts'
import { runProcess } from '../simulator/process.ts'
import { findMorePythons, findPythons } from '../simulator/python.ts'
import { findUv, onPath, toolEnvironment } from '../simulator/tools.ts'
import { GraftError } from '../values/errors.ts'
import { size } from './views/text.ts'

export interface Check {
  readonly id: 'node' | 'git' | 'python' | 'pythons' | 'uv' | 'compiler' | 'index' | 'bwrap' | 'disk' | 'cache'
  /** `warning`: Graft works, in a slower or weaker way. `missing`: it cannot do its work. */
  readonly status: 'ok' | 'warning' | 'missing'
  readonly found: string
  /** What it is for, and what follows when it is not there. */
  readonly meaning: string
  /** How to get it; only when something is to be done. */
  readonly advice?: string
}

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))
const NEEDED_DISK = 3e9
const SECONDS = 20

/** Runs every check; none of them throws for a machine that lacks something. */
export async function doctorChecks(options: {
  cacheDir?: string | undefined
  python?: string | undefined
}): Promise<Check[]> {
  const cacheDir = options.cacheDir ?? defaultCacheDir()
  return Promise.all([
    node(),
    git(),
    python(options.python),
    otherPythons(),
    uv(),
    compiler(),
    index(),
    bubblewrap(),
    cache(cacheDir),
    disk(cacheDir),
  ])
}

async function node(): Promise<Check> {
  const ok = Number.parseInt(process.versions.node, 10) >= 24
  return {
    id: 'node',
    status: ok ? 'ok' : 'missing',
    found: process.version,
    meaning: 'Graft itself runs on Node 24 or newer; the launcher starts the one that was installed beside it.',
    ...(ok ? {} : { advice: 'Install Graft again without --omit=optional, or put Node 24 on the PATH.' }),
  }
}

async function git(): Promise<Check> {
  const meaning = 'Branches and commits in the target repository are made with git.'
  const version = await versionOf('git', ['--version'])
  if (version === undefined) {
    return { id: 'git', status: 'missing', found: 'not found', meaning, advice: 'Install git and put it on the PATH.' }
  }
  return { id: 'git', status: 'ok', found: version, meaning }
}

async function python(wanted: string | undefined): Promise<Check> {
  const meaning = 'The simulator runs in an environment that is made with Python 3.11 or newer.'
  try {
    const found = await findPythons(wanted)
    const usable = found.filter(({ venv }) => venv)
    const list = found.map(({ version, executable }) => `${version} (${executable})`).join(', ')
    if (usable.length > 0) return { id: 'python', status: 'ok', found: list, meaning }
    return {
      id: 'python',
      status: 'warning',
      found: `${list}, without the venv module`,
      meaning,
      advice: 'Install venv for it (on Debian and Ubuntu the package python3-venv), or uv, which does not need it.',
    }
  } catch (error) {
    if (!(error instanceof GraftError)) throw error
    return { id: 'python', status: 'missing', found: 'none that fits', meaning, advice: error.message }
  }
}

/** Versions that a package may have a wheel for when it has none for the first one. */
async function otherPythons(): Promise<Check> {
  const meaning =
    'A package that has no wheel for the first Python is tried with the others; an isolated backend runs with any of them.'
  const found = [...(await findPythons().catch(() => [])), ...(await findMorePythons(await findUv(PROJECT)))]
  const minors = [...new Set(found.map(({ version }) => version.split('.').slice(0, 2).join('.')))]
  if (minors.length > 1) return { id: 'pythons', status: 'ok', found: minors.join(', '), meaning }
  return {
    id: 'pythons',
    status: 'warning',
    found: minors.length === 0 ? 'none' : `only ${minors[0]}`,
    meaning,
    advice: 'Optional: install another one, for example with `uv python install 3.12` or pyenv.',
  }
}

/** Builds from source run only when somebody allows them; many need a compiler. */
async function compiler(): Promise<Check> {
  const meaning = 'A package without a wheel is built from source when somebody allows it; many builds need these.'
  const names = ['cc', 'c++', 'make', 'cmake']
  const here = names.filter(onPath)
  const lacking = names.filter((name) => !here.includes(name))
  const found = here.length === 0 ? 'none of cc, c++, make, cmake' : here.join(', ')
  if (lacking.length === 0) return { id: 'compiler', status: 'ok', found, meaning }
  return {
    id: 'compiler',
    status: 'warning',
    found,
    meaning,
    advice: `Only for builds from source: install ${lacking.join(', ')} (on Debian and Ubuntu the packages build-essential and cmake; Python's headers are in python3-dev).`,
  }
}

async function uv(): Promise<Check> {
  const meaning = 'uv makes an environment in seconds; without it venv and pip do the same in about a minute.'
  const found = await findUv(PROJECT)
  if (found !== undefined) return { id: 'uv', status: 'ok', found: found.version, meaning }
  return { id: 'uv', status: 'warning', found: 'not found', meaning, advice: 'Optional: `pip install uv`.' }
}

async function index(): Promise<Check> {
  const meaning = "Packages come from the Python index of pip's own configuration."
  try {
    const config = await loadIndexConfig()
    const details = [
      config.simpleUrl.href,
      config.authorization === undefined ? '' : 'with credentials',
      config.proxy === undefined ? '' : 'through a proxy',
      config.certificateFile === undefined ? '' : `certificates from ${config.certificateFile}`,
    ]
    return { id: 'index', status: 'ok', found: details.filter(Boolean).join(', '), meaning }
  } catch (error) {
    if (!(error instanceof GraftError)) throw error
    return { id: 'index', status: 'missing', found: 'not usable', meaning, advice: error.message }
  }
}

async function bubblewrap(): Promise<Check> {
  const meaning =
    'bubblewrap keeps the simulator away from the network and your files; without it only time, memory and file size are limited.'
  const advice =
    'Install bubblewrap (on Debian, Ubuntu and Fedora the package is called that); it exists for Linux only.'
  if (!onPath('bwrap')) return { id: 'bwrap', status: 'warning', found: 'not found', meaning, advice }
  const version = (await versionOf('bwrap', ['--version'])) ?? 'unknown version'
  const trial = await runProcess('bwrap', ['--unshare-all', '--die-with-parent', '--ro-bind', '/', '/', 'true'], {
    env: toolEnvironment(),
    seconds: SECONDS,
  })
  if (trial.code === 0) return { id: 'bwrap', status: 'ok', found: version, meaning }
  return {
    id: 'bwrap',
    status: 'warning',
    found: `${version}, but it may not make a sandbox here`,
    meaning,
    advice:
      'Allow unprivileged user namespaces (on Ubuntu an AppArmor profile for bwrap), or run in a container that allows them.',
  }
}

async function disk(cacheDir: string): Promise<Check> {
  const meaning = 'An environment with the target and a simulator takes 0.5 to 2 GB.'
  const stats = await statfs(await existingParent(cacheDir))
  const free = stats.bavail * stats.bsize
  const found = `${size(free)} free`
  if (free >= NEEDED_DISK) return { id: 'disk', status: 'ok', found, meaning }
  return {
    id: 'disk',
    status: 'warning',
    found,
    meaning,
    advice: `Free some space, delete ${cacheDir}, or choose another place with --cache-dir.`,
  }
}

async function cache(cacheDir: string): Promise<Check> {
  const meaning = 'Downloads, environments and measurements are kept here; deleting it costs time, never data.'
  try {
    const parent = await existingParent(cacheDir)
    if (!(await stat(parent)).isDirectory()) throw Object.assign(new Error(), { code: `${parent} is a file` })
    await access(parent, constants.W_OK)
    return { id: 'cache', status: 'ok', found: cacheDir, meaning }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    return {
      id: 'cache',
      status: 'missing',
      found: `${cacheDir} cannot be written to (${code})`,
      meaning,
      advice: 'Choose another place with --cache-dir or XDG_CACHE_HOME.',
    }
  }
}

/** First line of what a program says about itself, without its own name. */
async function versionOf(program: string, args: readonly string[]): Promise<string | undefined> {
  if (!onPath(program)) return undefined
  const answer = await runProcess(program, args, { env: toolEnvironment(), seconds: SECONDS })
  return /\d+(\.\d+)+/.exec(answer.stdout)?.[0]
}

/** The nearest folder above that exists: a cache that was never used has none of its own. */
async function existingParent(folder: string): Promise<string> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    try {
      await access(path)
      return path
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (path === dirname(path) || (code !== 'ENOENT' && code !== 'ENOTDIR')) throw error
    }
  }
}
