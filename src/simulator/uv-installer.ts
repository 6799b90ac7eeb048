/** Resolves and installs with uv. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  INSTALL_SECONDS,
  type Installer,
  type InstallerOptions,
  type Resolve,
  type Resolved,
  whatIsBuilt,
} from './installer.ts'
import { parsePins, renderPins } from './lock.ts'
import type { Python } from './python.ts'
import type { Built } from './runner.ts'
import { runUv, type Uv } from './tools.ts'

/** An installer on uv. uv accepts pre-releases where a stable version is blocked, unless it is told
 * to take only those that a requirement itself names. */
export function createUvInstaller(uv: Uv, options: InstallerOptions): Installer {
  /** What says which files may be used; the constraints of builds are written into a file. */
  const sources = async (build: Built | undefined, folder: string): Promise<string[]> => {
    if (build === undefined) return whatIsBuilt(build)
    const file = join(folder, 'build-constraints.txt')
    await writeFile(file, build.constraints.map((line) => `${line}\n`).join(''))
    return [...whatIsBuilt(build), '--build-constraints', file]
  }
  const call = (args: readonly string[], input?: string) =>
    runUv(uv, args, {
      env: options.index,
      seconds: INSTALL_SECONDS,
      keep: 8_000_000,
      signal: options.signal,
      ...(input === undefined ? {} : { input }),
    })

  return {
    name: `uv ${uv.version}`,

    async resolve({ python, requirements, constraints, build }: Resolve): Promise<Resolved> {
      const folder = await mkdtemp(join(tmpdir(), 'graft-resolve-'))
      try {
        const file = join(folder, 'constraints.txt')
        await writeFile(file, renderPins((constraints ?? []).map((pin) => ({ ...pin, hashes: [] }))))
        const args = ['pip', 'compile', '-', '--quiet', '--no-header', '--no-annotate', '--generate-hashes']
        const rules = ['--prerelease', 'explicit', '--python', python.base, '--constraints', file]
        rules.push(...(await sources(build, folder)))
        const answer = await call([...args, ...rules], `${requirements.join('\n')}\n`)
        if (answer.code !== 0) return { ok: false, text: answer.stderr }
        return { ok: true, pins: parsePins(answer.stdout) }
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },

    async install(python: Python, folder, pins, build) {
      const made = await call(['venv', '--quiet', '--python', python.base, folder])
      if (made.code !== 0) return { ok: false, text: made.stderr }
      const temporary = await mkdtemp(join(tmpdir(), 'graft-install-'))
      try {
        const args = ['pip', 'install', '--quiet', '--python', folder, '--require-hashes', '--no-deps']
        const filled = await call([...args, ...(await sources(build, temporary)), '-r', '-'], renderPins(pins))
        return filled.code === 0 ? { ok: true } : { ok: false, text: filled.stderr }
      } finally {
        await rm(temporary, { recursive: true, force: true })
      }
    },
  }
}
