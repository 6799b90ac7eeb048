/** The steps of `npm test` and `npm run check`: what each runs and how its tests are counted. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '..')

/** What a step's tests came to. A check without tests of its own counts nothing when it passes. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export interface Step {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Reads the counts from the report file that the step left, for steps that run tests. */
  readonly counts?: () => Counts
}

const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 }

/** Vitest's JSON report. */
function vitestCounts(file: string): Counts {
  if (!existsSync(file)) return NOTHING
  const report = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>
  return {
    passed: report.numPassedTests ?? 0,
    failed: report.numFailedTests ?? 0,
    skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
  }
}

/** Pytest's JUnit report: the attributes of its one `<testsuite>`. */
function pytestCounts(file: string): Counts {
  if (!existsSync(file)) return NOTHING
  const suite = /<testsuite [^>]*>/.exec(readFileSync(file, 'utf8'))?.[0] ?? ''
  const attribute = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0)
  const failed = attribute('failures') + attribute('errors')
  const skipped = attribute('skipped')
  return { passed: attribute('tests') - failed - skipped, failed, skipped }
}

const VITEST_NAMES = {
  unit: 'unit tests',
  github: 'tests on the embedded GitHub',
  sandbox: 'sandbox tests',
  e2e: 'end-to-end tests',
  stories: 'stories on the embedded GitHub',
}

function vitest(project: keyof typeof VITEST_NAMES, reports: string): Step {
  const file = join(reports, `vitest-${project}.json`)
  return {
    name: VITEST_NAMES[project],
    command: 'vitest',
    args: ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    // Stories share what a simulator was measured and tested to be (see test/e2e/github/remembering-runner.ts).
    env: { GRAFT_STORIES: join(reports, 'stories') },
    counts: () => vitestCounts(file),
  }
}

function pytest(name: string, folder: string, reports: string): Step {
  const file = join(reports, `pytest-${name}.xml`)
  return {
    name: `pytest ${folder}`,
    command: 'pytest',
    args: ['-q', '-rs', '-p', 'no:cacheprovider', `--junitxml=${file}`, '.'],
    cwd: join(ROOT, folder),
    env: { OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' },
    counts: () => pytestCounts(file),
  }
}

/** Checks that read the code; they are quick and run side by side. */
export function checks(): Step[] {
  return [
    { name: 'types (tsc)', command: 'tsc', args: ['-p', '.'] },
    { name: 'lint and format (biome)', command: 'biome', args: ['check', '--error-on-warnings'] },
    {
      name: 'import direction (dependency-cruiser)',
      command: 'depcruise',
      args: ['--config', '.dependency-cruiser.cjs', 'src'],
    },
    { name: 'unused code (knip)', command: 'knip', args: [] },
    { name: 'Python lint (ruff)', command: 'ruff', args: ['check', 'templates', 'bench'] },
    { name: 'Python format (ruff)', command: 'ruff', args: ['format', '--check', 'templates', 'bench'] },
    {
      name: 'workflows (zizmor)',
      command: 'zizmor',
      args: ['--offline', '--no-progress', 'templates/github/workflow.yml', '.github'],
    },
  ]
}

/** Quick tests without network. */
export function unitTests(reports: string): Step[] {
  return [vitest('unit', reports)]
}

/**
 * Everything else: the Python packages' own suites, then whole stories on real simulators. Groups follow each other; the steps
 * of a group run side by side, because one of them waits while the other works.
 */
export function slowTests(reports: string): Step[][] {
  return [
    [vitest('github', reports), pytest('bridge', 'templates/bridge_tests', reports)],
    [vitest('sandbox', reports), pytest('target', 'templates/target', reports)],
    [pytest('probe', 'templates/probe', reports), pytest('job', 'templates/github/job', reports)],
    [vitest('e2e', reports), vitest('stories', reports)],
  ]
}
