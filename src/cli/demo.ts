/** `graft demo LOCATOR`: the whole way on a small target repository in a temporary folder: plan, diff and test report. */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Command } from 'commander'
import { simpleGit } from 'simple-git'
import { integrate } from '../integration/integrate.ts'
import type { CommonOptions } from './context.ts'
import { printJson, runCommand } from './context.ts'
import { exitOfVerdict } from './exit.ts'
import { locatorCommand } from './options.ts'
import { runnableOf } from './runnable.ts'
import type { Terminal } from './terminal.ts'
import { harmless } from './terminal.ts'
import { diffView } from './views/diff-view.ts'
import { integrationJson, integrationView } from './views/integration-view.ts'
import { heading } from './views/text.ts'

interface DemoOptions extends CommonOptions {
  readonly keep?: boolean
}

export function demoCommand(): Command {
  return locatorCommand(
    'demo',
    'Integrate a simulator into a small target repository in a temporary folder, and show it all',
  )
    .option('--keep', 'leave the repository there, to look around in it')
    .option('--once', 'end when it is done (which it does)')
    .action((locator: string, options: DemoOptions) =>
      runCommand(options, async ({ services, out, err }) => {
        const ports = await services()
        const folder = await mkdtemp(join(tmpdir(), 'graft-demo-'))
        try {
          const git = await makeTarget(ports.templatesDir, folder)
          err.write(`A small target repository is in ${folder}\n`)
          const result = await integrate(locator, folder, {}, ports)
          if (options.json) printJson(integrationJson(result))
          else {
            if (result.branch !== undefined) out.write(await adapterDiff(git, result.branch, result.backend, out))
            const runnable = await runnableOf(result.plan, ports.templatesDir)
            const repository = options.keep ? { folder, base: 'main' } : undefined
            out.write(integrationView(result, { runnable, ...(repository && { repository }) }, out))
            if (repository === undefined) out.write(farewell(locator, out))
          }
          return exitOfVerdict(result.verdict)
        } finally {
          if (options.keep) err.write(`\nThe repository is still there: ${folder}\n`)
          else await rm(folder, { recursive: true, force: true })
        }
      }),
    )
}

function farewell(locator: string, { palette }: Terminal): string {
  const again = palette.cyan(`npx graft integrate ${harmless(locator)} --repo DIR`)
  return `\nThat was a temporary repository (--keep leaves it). On a clone of yours: ${again}\n`
}

/** A fresh repository whose one commit holds the small target. */
async function makeTarget(templatesDir: string, folder: string) {
  const source = join(templatesDir, 'target')
  const unwanted = /^(__pycache__|\.pytest_cache|\.ruff_cache|.*\.egg-info)$/
  for (const entry of await readdir(source)) {
    await cp(join(source, entry), join(folder, entry), {
      recursive: true,
      filter: (path) => !unwanted.test(basename(path)),
    })
  }
  const git = simpleGit(folder)
  await git.init(['--quiet', '--initial-branch=main'])
  await git.addConfig('user.name', 'Graft demo')
  await git.addConfig('user.email', 'demo@graft.invalid')
  await git.addConfig('commit.gpgsign', 'false')
  await git.add('.').commit('The small target', { '--no-verify': null })
  return git
}

/** The diff of what a reviewer reads: the backend's own adapter and normalizer. */
async function adapterDiff(git: ReturnType<typeof simpleGit>, branch: string, backend: string, out: Terminal) {
  const diff = await git.diff([
    '--no-ext-diff',
    '--no-color',
    `main...${branch}`,
    '--',
    `*/${backend}/adapter.py`,
    `*/${backend}/normalizer.py`,
  ])
  return `${heading('What a reviewer reads', out)}${diffView(diff, out)}\n`
}
