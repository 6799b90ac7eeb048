/** `graft demo`: the whole story on a GitHub in a box, from the installation of the App to the verified merge; then a page to try it. */
import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { simpleGit } from 'simple-git'
import type { RunnerFactory } from '../../embedded/actions/engine.ts'
import type { Services } from '../../integration/services.ts'
import { createSandboxRunner } from '../../simulator/sandbox.ts'
import { BugError, UserError } from '../../values/errors.ts'
import type { CommonOptions, Context } from '../context.ts'
import { printJson, runCommand } from '../context.ts'
import type { ExitCode } from '../exit.ts'
import { EXIT, exitOfVerdict } from '../exit.ts'
import { locatorCommand } from '../options.ts'
import { type Terminal, wrap } from '../terminal.ts'
import { MAINTAINER, OWNER, PHYSICIST, REPOSITORY } from './people.ts'
import { sceneView } from './scene-view.ts'
import type { Stage } from './stage.ts'
import type { Scene } from './story.ts'
import { playStory, StoryEnd } from './story.ts'
import { whileWaiting } from './waiting-view.ts'

interface DemoOptions extends CommonOptions {
  readonly target?: string
  readonly port: string
  readonly once?: boolean
}

const SUMMARY = 'Play one request from issue to merge on a GitHub in a box, then leave it open to try'

export function demoCommand(): Command {
  return locatorCommand('demo', SUMMARY)
    .description(
      `${SUMMARY}.\n\nImitated, on this machine: GitHub (REST API, webhooks, git, checks, Actions) and two people. Real: the App's server, the package from the index, the simulator, the measuring and the tests. No account and no token is needed, and nothing is left behind but the cache.`,
    )
    .option(
      '--target <dir>',
      'git clone of a target repository to play on; it is copied, never changed (default: a small one)',
    )
    .option('--port <number>', 'port of the page, on this machine only; 0 for a free one', '0')
    .option('--once', 'end after the story; exit code 0 only if every step was seen on the GitHub in the box')
    .action((locator: string, options: DemoOptions) =>
      runCommand(options, (context) => play(locator, options, context)),
    )
}

/** Everything is kept in one temporary folder, which is gone at the end, however it ends. */
async function play(locator: string, options: DemoOptions, { services, out, err }: Context): Promise<ExitCode> {
  const port = portOf(options.port)
  const ports = await services()
  const { signal } = ports
  const folder = await mkdtemp(join(tmpdir(), 'graft-demo-'))
  try {
    const target = await targetOf(options.target, ports.templatesDir, folder)
    signal.throwIfAborted()
    if (!options.json) out.write(prologue(out))
    // Loaded here: no other command needs a server.
    const { openStage } = await import('./stage.ts')
    const embedded = { runner: runnerFactory(ports, options.python) }
    const stage = await openStage({ folder, target, services: ports, port, embedded }).catch(inUse(port))
    try {
      return await perform({ stage, locator, options, signal, clone: join(folder, 'clone'), out, err })
    } finally {
      await stage.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Somebody else listens there, or only root may: that is for the person to mend. */
function inUse(port: number): (error: unknown) => never {
  return (error) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    const why = code === 'EACCES' ? 'may not be used without more rights' : 'is in use'
    throw new UserError(`Port ${port} ${why}: give --port another one, or 0 for a free one.`)
  }
}

/** A runner for each job, so that the end of a job or of the box ends its processes. */
function runnerFactory({ cacheDir, templatesDir }: Services, python: string | undefined): RunnerFactory {
  return ({ signal, undeclared }) =>
    createSandboxRunner({ cacheDir, templatesDir, signal, undeclared, ...(python === undefined ? {} : { python }) })
}

interface Performance {
  readonly stage: Stage
  readonly locator: string
  readonly options: DemoOptions
  readonly signal: AbortSignal
  /** Where a clone may be made. */
  readonly clone: string
  readonly out: Terminal
  readonly err: Terminal
}

async function perform({ stage, locator, options, signal, clone, out, err }: Performance): Promise<ExitCode> {
  const begin = performance.now()
  const scenes: Scene[] = []
  const watched: Stage = {
    ...stage,
    until: (what, look, seconds) => whileWaiting(err, what, () => stage.until(what, look, seconds)),
  }
  const tell = (scene: Scene) => {
    const { sections: _, ...facts } = scene
    scenes.push(facts)
    if (!options.json) out.write(sceneView(scene, out, (performance.now() - begin) / 1000))
  }
  const url = stage.github.cloneUrl(`${OWNER}/${REPOSITORY}`)
  let code: ExitCode = EXIT.done
  try {
    const ending = await playStory(watched, locator, tell)
    await checkClone(url, clone, ending.backend)
    if (options.json) printJson({ schema: 1, ...ending, scenes })
    else out.write(farewell(ending.seconds, (performance.now() - begin) / 1000, out))
  } catch (error) {
    if (!(error instanceof StoryEnd)) throw error
    code = exitOfVerdict(error.kind === 'question' ? 'needs_answer' : error.kind)
    if (options.json) printJson({ schema: 1, ended: error.kind, reason: error.message, scenes })
    else out.write(sceneView({ title: 'The request ended without a backend', text: error.message }, out))
  }
  if (options.once !== true) {
    err.write(afterwards(stage.page, url, err))
    await ended(signal)
  }
  return code
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
  if (files.filter(Boolean).length !== 1) {
    throw new BugError(`A fresh clone has no backend ${backend}.`)
  }
}

function prologue({ palette, width }: Terminal): string {
  const imitated = `Imitated, on this machine: GitHub, with its API, webhooks, git, checks and Actions, and two people, ${MAINTAINER} and ${PHYSICIST}.`
  const real = `Real: the App's server, the package from the index, the simulator, the measuring, the tests. What is cut is marked […].`
  return `${palette.dim(wrap(`${imitated} ${real}`, width))}\n`
}

function farewell(tested: number, whole: number, { palette }: Terminal): string {
  const sum = `From the issue to the tested pull request: ${Math.round(tested)} s; the whole story: ${Math.round(whole)} s.`
  return `\n${palette.green('✓')} ${palette.bold(sum)} A fresh clone has the backend.\n`
}

function afterwards(page: string, url: string, { palette }: Terminal): string {
  return [
    `\nIt stays open: ${palette.bold(page)}`,
    `  file a request  ${page}/issues/new`,
    `  clone           git clone ${url}`,
    `  you can be ${MAINTAINER} (maintainer) or ${PHYSICIST} (may only read). Ctrl-C ends it, and nothing is kept.\n`,
  ].join('\n')
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done()
    else signal.addEventListener('abort', () => done(), { once: true })
  })
}
