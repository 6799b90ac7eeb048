/** Runs a backend's own tests on a copy of the target, contained, and makes the report. */
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, posix } from 'node:path'
import { BugError } from '../values/errors.ts'
import { backendName, type Target } from '../values/plan.ts'
import type { OnProgress } from '../values/progress.ts'
import { type Report, report } from '../values/report.ts'
import { type Containment, DEFAULT_LIMITS, type Limits, type Outcome, runContained } from './contain.ts'
import type { Ready } from './environment.ts'
import { readHostileFile } from './hostile-file.ts'
import { parseJunit, shorten, type TestOutcome } from './junit.ts'
import type { TestJob } from './runner.ts'

const MAX_XML_BYTES = 16 * 1024 * 1024
const TEST_SECONDS = 900
/** Folders of a checkout that no test needs. */
const LEFT_OUT = new Set(['.git', '.venv', 'node_modules', '__pycache__', '.pytest_cache'])

export interface TestRun {
  readonly templatesDir: string
  /** The environment of an isolated backend, and the text of the lock that it was made of. */
  readonly isolated?: (Ready & { readonly requirements: string }) | undefined
  readonly containment: Containment
  /** Bytecode of what was imported when the package was measured in the same environment. */
  readonly bytecode?: string | undefined
  readonly limits?: Partial<Limits> | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * The report of one run. A run that crashes, hangs, collects nothing, skips everything or contradicts itself has an error
 * in its report: green means that tests ran and passed.
 *
 * The target itself is not installed, its sources are on the path; a test that asks for its distribution's metadata
 * (`importlib.metadata.version` of the target) would not find it.
 *
 * @param source folder with the files of the commit; nothing is written into it
 */
export async function testIn(
  ready: Ready,
  job: TestJob,
  source: string,
  run: TestRun,
  onProgress: OnProgress,
): Promise<Report> {
  const file = testFile(job.target, job.backend)
  if (run.containment.warning !== undefined) onProgress({ type: 'warning', detail: run.containment.warning })
  const scratch = await mkdtemp(join(tmpdir(), 'graft-test-'))
  try {
    const [checkout, out] = [join(scratch, 'checkout'), join(scratch, 'out')]
    await mkdir(out)
    const own = run.isolated && (await placeIsolated(run.isolated, job.backend, run.containment, scratch))
    await cp(source, checkout, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !LEFT_OUT.has(basename(path)),
    })
    if ((await stat(join(checkout, file)).catch(() => undefined)) === undefined)
      throw new BugError(`The commit ${job.commit} has no ${file}: a backend is generated together with its tests.`)
    onProgress({ type: 'note', stage: 'test', detail: 'running the tests' })
    const outcome = await runContained(run.containment, {
      python: ready.python,
      secondPython: run.isolated?.python,
      readOnly: { env: ready.folder, ...own?.readOnly },
      writable: { checkout, out },
      launcher: join(run.templatesDir, 'sandbox', 'launch.py'),
      bytecode: run.bytecode,
      command: (inside) => [
        inside('env', 'bin', 'python'),
        ...['-m', 'pytest', file, '-p', 'no:cacheprovider', '-o', 'addopts='],
        ...['--rootdir', inside('checkout'), '--junitxml', inside('out', 'report.xml')],
      ],
      environment: (inside) => ({
        ...own?.environment(inside),
        PYTHONPATH: inside('checkout', ...sourceFolder(job.target)),
        // The target's own plug-ins are development tools that are not installed here; a package could bring others.
        PYTEST_DISABLE_PLUGIN_AUTOLOAD: '1',
      }),
      cwd: 'checkout',
      limits: { ...DEFAULT_LIMITS, seconds: TEST_SECONDS, ...run.limits },
      signal: run.signal,
    })
    const read = await readTests(join(out, 'report.xml'), [checkout, '/sandbox/checkout'])
    return makeReport(job, run.containment, outcome, read)
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 })
  }
}

/**
 * The environment of an isolated backend under the name that the bridge looks for (`environments.py`): the backend and the hash
 * of its lock. With bubblewrap it is mounted there, otherwise a link leads to it.
 */
async function placeIsolated(
  { folder, requirements }: Ready & { readonly requirements: string },
  backend: string,
  containment: Containment,
  scratch: string,
) {
  const hash = createHash('sha256').update(requirements.replaceAll('\r\n', '\n')).digest('hex').slice(0, 16)
  const name = `${backend}-${hash}`
  const own = (place: string) => ({ GRAFT_ENVIRONMENTS: place })
  if (containment.kind === 'bwrap')
    return {
      readOnly: { [`isolated/${name}`]: folder },
      environment: (inside: (name: string) => string) => own(inside('isolated')),
    }
  const place = join(scratch, 'isolated')
  await mkdir(place)
  await symlink(folder, join(place, name))
  return { readOnly: {}, environment: () => own(place) }
}

/** The test file of a backend, relative to the checkout. */
function testFile(target: Target, backend: string): string {
  return posix.join(target.testsPath, `test_${backendName.parse(backend)}.py`)
}

/** The folder below which the target's modules lie: `src` for `src/proxima/backends` and `proxima.backends`. */
function sourceFolder(target: Target): string[] {
  const path = target.backendsPath.split('/')
  return path.slice(0, path.length - target.backendsModule.split('.').length)
}

type Tests = { readonly tests: readonly TestOutcome[] } | { readonly why: string }

/** @param folders where the copy lay: a report speaks of files of the repository */
async function readTests(path: string, folders: readonly string[]): Promise<Tests> {
  try {
    const xml = await readHostileFile(path, MAX_XML_BYTES)
    if (xml === undefined) return { why: 'it left no report' }
    const plain = folders.reduce((text, folder) => text.replaceAll(`${folder}/`, ''), xml)
    return { tests: parseJunit(plain) }
  } catch (error) {
    return { why: `its report cannot be read: ${shorten(error instanceof Error ? error.message : '').slice(0, 200)}` }
  }
}

function makeReport(job: TestJob, containment: Containment, outcome: Outcome, read: Tests): Report {
  const tests = 'tests' in read ? [...read.tests] : []
  const problem = whatIsWrong(outcome, read)
  if (problem !== undefined) {
    const said = outcome.stdout.trim().split('\n').slice(-25).join('\n')
    const errors = outcome.stderr.trim().split('\n').slice(-15).join('\n')
    tests.splice(1999)
    tests.push({
      category: 'run',
      name: 'pytest',
      outcome: 'error',
      seconds: outcome.seconds,
      message: shorten(
        [`The test run is not valid: ${problem}.`, said, errors].filter(Boolean).join('\n').slice(-3900),
      ),
    })
  }
  const count = (...kinds: TestOutcome['outcome'][]) => tests.filter((test) => kinds.includes(test.outcome)).length
  return report.parse({
    schema: 1,
    backend: job.backend,
    commit: job.commit,
    tree: job.tree,
    passed: count('passed'),
    failed: count('failed', 'error'),
    skipped: count('skipped'),
    seconds: outcome.seconds,
    tests,
    containment: containment.kind,
  })
}

/** Why a run proves nothing, or undefined when its exit code and its report agree that tests ran. */
function whatIsWrong(outcome: Outcome, read: Tests): string | undefined {
  switch (outcome.end) {
    case 'exit':
      break
    case 'time':
      return `it did not end within ${Math.round(outcome.seconds)} s`
    case 'signal':
      return `it was killed by signal ${outcome.code}`
    case 'lost':
      return 'it was killed from outside'
    default:
      return `it went over the limit of ${outcome.end}`
  }
  if ('why' in read) return `it ended with exit code ${outcome.code}, and ${read.why}`
  const bad = read.tests.some(({ outcome: end }) => end === 'failed' || end === 'error')
  // Exit codes of pytest: 0 all passed, 1 some failed, 5 nothing collected, the others mean that it did not run.
  if (outcome.code !== (bad ? 1 : 0))
    return `it ended with exit code ${outcome.code}, which its report does not explain`
  if (!read.tests.some((test) => test.outcome !== 'skipped')) return 'no test ran, all were skipped'
  return undefined
}
