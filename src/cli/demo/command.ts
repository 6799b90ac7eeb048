/** `graft demo`: the whole story on a GitHub in a box, from the installation of the App to the verified merge; then a page to try it. */
import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { simpleGit } from 'simple-git'
import { UserError } from '../../values/errors.ts'
import type { CommonOptions } from '../context.ts'
import { printJson, runCommand } from '../context.ts'
import type { ExitCode } from '../exit.ts'
import { EXIT } from '../exit.ts'
import { locatorCommand } from '../options.ts'
import { MAINTAINER, OWNER, PHYSICIST, REPOSITORY } from './people.ts'
import { sceneView } from './scene-view.ts'
import type { Scene } from './story.ts'
import { playStory, StoryEnd } from './story.ts'

interface DemoOptions extends CommonOptions {
  readonly target?: string
  readonly port: string
  readonly once?: boolean
}

export function demoCommand(): Command {
  return locatorCommand('demo', 'Play one request from issue to merge on a GitHub in a box, then leave it open to try')
    .option(
      '--target <dir>',
      'clone of a target repository to play on (default: a small one); it is copied, never changed',
    )
    .option('--port <number>', 'port of the page, on this machine only; 0 for a free one', '0')
    .option('--once', 'end after the story; exit code 0 only if every scene was seen on GitHub')
    .action((locator: string, options: DemoOptions) =>
      runCommand(options, async ({ services, out, err }) => {
        const port = portOf(options.port)
        const ports = await services()
        const folder = await mkdtemp(join(tmpdir(), 'graft-demo-'))
        try {
          const target = await targetOf(options.target, ports.templatesDir, folder)
          // What the box's runner does is told by GitHub itself.
          const quiet = { ...ports, onProgress: () => undefined }
          // Loaded here: no other command needs a server.
          const { openStage } = await import('./stage.ts')
          const stage = await openStage({ folder, target, services: quiet, port })
          try {
            const scenes: Scene[] = []
            const ending = await playStory(stage, locator, (scene) => {
              scenes.push(scene)
              if (!options.json) out.write(sceneView(scene, out))
            })
            await checkClone(stage.github.cloneUrl(`${OWNER}/${REPOSITORY}`), join(folder, 'clone'), ending.backend)
            if (options.json) printJson({ schema: 1, ...ending, scenes })
            else out.write(farewell(ending.seconds, stage.github.cloneUrl(`${OWNER}/${REPOSITORY}`), out.palette.bold))
            if (options.once !== true) {
              err.write(
                `\nIt stays open: ${stage.page}\nYou can be ${MAINTAINER} (maintainer) or ${PHYSICIST} (may read only). Ctrl-C ends.\n`,
              )
              await ended(ports.signal)
            }
            return EXIT.done
          } catch (error) {
            if (!(error instanceof StoryEnd)) throw error
            out.write(sceneView({ title: 'The request ended without a backend', text: error.message }, out))
            return EXIT.act satisfies ExitCode
          } finally {
            await stage.close()
          }
        } finally {
          await rm(folder, { recursive: true, force: true, maxRetries: 3 })
        }
      }),
    )
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new UserError(`--port takes a number from 0 to 65535; ${JSON.stringify(text.slice(0, 20))} is none.`)
}

/** The folder that becomes the target: a clone that was named, or a copy of the small target without what Python left there. */
async function targetOf(named: string | undefined, templatesDir: string, folder: string): Promise<string> {
  if (named !== undefined) {
    const path = resolve(named)
    if ((await stat(join(path, '.git')).catch(() => undefined)) === undefined) {
      throw new UserError(`--target takes a git clone; ${JSON.stringify(named)} has no .git.`)
    }
    return path
  }
  const unwanted = /^(__pycache__|\.pytest_cache|\.ruff_cache|.*\.egg-info)$/
  const target = join(folder, 'target')
  for (const entry of await readdir(join(templatesDir, 'target'))) {
    await cp(join(templatesDir, 'target', entry), join(target, entry), {
      recursive: true,
      filter: (path) => !unwanted.test(basename(path)),
    })
  }
  return target
}

/** The backend is in the repository that everybody clones. */
async function checkClone(url: string, folder: string, backend: string): Promise<void> {
  await simpleGit().clone(url, folder, ['--quiet'])
  const files = (await simpleGit(folder).raw('ls-files', '-z', '--', `*/${backend}/driver.json`)).split('\0')
  if (files.filter(Boolean).length !== 1) throw new StoryEnd(`A fresh clone has no backend ${backend}.`)
}

function farewell(seconds: number, cloneUrl: string, bold: (text: string) => string): string {
  return `\n${bold(`From the issue to the tested pull request: ${Math.round(seconds)} s.`)} A fresh clone has the backend: git clone ${cloneUrl}\n`
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done()
    else signal.addEventListener('abort', () => done(), { once: true })
  })
}
