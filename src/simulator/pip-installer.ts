/** Resolves and installs with the pip that every Python brings, where there is no uv. Slower, same result. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigurationError } from '../values/errors.ts'
import { withLock } from './cache.ts'
import {
  INSTALL_SECONDS,
  type Installer,
  type InstallerOptions,
  type Resolve,
  type Resolved,
  whatIsBuilt,
} from './installer.ts'
import { normalizeName, type Pin, renderPins } from './lock.ts'
import { type RunResult, runProcess } from './process.ts'
import type { Python } from './python.ts'
import type { Built } from './runner.ts'
import { interpreterIn, toolEnvironment } from './tools.ts'

export interface PipOptions extends InstallerOptions {
  /** Where the environment that holds pip itself is kept, one for each interpreter. */
  readonly cacheDir: string
  /** All hashes of one version on the index: pip itself tells only that of the file it would install. */
  readonly hashes: (name: string, version: string) => Promise<readonly string[]>
}

/** The part of pip's installation report that is read (pip documentation, "Installation Report", version 1). */
const installation = z.object({
  install: z.array(
    z.object({
      metadata: z.object({ name: z.string(), version: z.string() }),
      download_info: z.object({ archive_info: z.object({ hashes: z.object({ sha256: z.string() }) }).optional() }),
    }),
  ),
})

/** An installer on pip. */
export function createPipInstaller(options: PipOptions): Installer {
  const pip = async (
    python: Python,
    before: readonly string[],
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<RunResult> =>
    runProcess(await pipOf(python, options), ['-I', '-m', 'pip', ...before, ...args], {
      // pip ignores its environment under -I only as far as Python's own variables go.
      env: toolEnvironment({ ...options.index, PIP_PRE: '0', PIP_USER: '0', NO_COLOR: '1', ...more }),
      seconds: INSTALL_SECONDS,
      signal: options.signal,
    })

  /** Variables that let the constraints in a file hold for builds; the first is the name before pip 25.3. */
  const settings = async (build: Built | undefined, folder: string): Promise<Record<string, string>> => {
    if (build === undefined || build.constraints.length === 0) return {}
    const file = join(folder, 'build-constraints.txt')
    await writeFile(file, build.constraints.map((line) => `${line}\n`).join(''))
    return { PIP_CONSTRAINT: file, PIP_BUILD_CONSTRAINT: file }
  }

  return {
    name: 'pip',

    async resolve({ python, requirements, constraints, allHashes, build }: Resolve): Promise<Resolved> {
      return inTemporaryFolder(async (folder) => {
        const [wanted, fixed, report] = ['requirements.txt', 'constraints.txt', 'report.json'].map((name) =>
          join(folder, name),
        ) as [string, string, string]
        await writeFile(wanted, `${requirements.join('\n')}\n`)
        await writeFile(fixed, renderPins((constraints ?? []).map((pin) => ({ ...pin, hashes: [] }))))
        const args = ['install', '--quiet', '--dry-run', '--ignore-installed', '--report', report]
        args.push(...whatIsBuilt(build), '-r', wanted, '-c', fixed)
        const answer = await pip(python, [], args, await settings(build, folder))
        if (answer.code !== 0) return { ok: false, text: answer.stderr }
        const { install } = installation.parse(JSON.parse(await readFile(report, 'utf8')))
        const pins: Pin[] = []
        for (const { metadata, download_info } of install) {
          const own = download_info.archive_info?.hashes.sha256
          const all = allHashes ? await options.hashes(metadata.name, metadata.version) : []
          const hashes = own === undefined ? all : [own, ...all]
          pins.push({ name: normalizeName(metadata.name), version: metadata.version, hashes })
        }
        return { ok: true, pins }
      })
    },

    async install(python, folder, pins, build) {
      const made = await makeEnvironment(python, folder, ['--without-pip'], options.signal)
      if (made.code !== 0) return { ok: false, text: made.stderr }
      return inTemporaryFolder(async (temporary) => {
        const lock = join(temporary, 'requirements.txt')
        await writeFile(lock, renderPins(pins))
        const args = ['install', '--quiet', '--no-deps', '--require-hashes', '--no-compile', ...whatIsBuilt(build)]
        const before = ['--python', interpreterIn(folder)]
        const filled = await pip(python, before, [...args, '-r', lock], await settings(build, temporary))
        return filled.code === 0 ? { ok: true } : { ok: false, text: filled.stderr }
      })
    },
  }
}

/** The interpreter of an environment that holds pip; made once for each Python. */
async function pipOf(python: Python, { cacheDir, signal }: PipOptions): Promise<string> {
  const key = createHash('sha256').update(`${python.base}\n${python.version}`).digest('hex').slice(0, 16)
  const folder = join(cacheDir, 'pip', key)
  if (existsSync(folder)) return interpreterIn(folder)
  if (!python.venv)
    throw new ConfigurationError(
      `${python.base} lacks the modules venv and ensurepip, and there is no uv. Install uv, or the package that brings them (on Debian: python3-venv).`,
    )
  await withLock(
    `${folder}.lock`,
    async () => {
      if (existsSync(folder)) return
      const temporary = await mkdtemp(`${folder}-`)
      const made = await makeEnvironment(python, temporary, [], signal)
      if (made.code !== 0) {
        await rm(temporary, { recursive: true, force: true })
        throw new ConfigurationError(
          `${python.base} cannot make an environment with pip: ${made.stderr.trim().slice(-300)}`,
        )
      }
      await rename(temporary, folder)
    },
    signal,
  )
  return interpreterIn(folder)
}

function makeEnvironment(
  python: Python,
  folder: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<RunResult> {
  return runProcess(python.base, ['-I', '-m', 'venv', ...args, folder], {
    env: toolEnvironment(),
    seconds: 300,
    signal,
  })
}

async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-pip-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
