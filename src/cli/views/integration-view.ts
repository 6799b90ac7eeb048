/** What `graft integrate` shows and what its `--json` prints. */
import type { IntegrationResult } from '../../integration/integrate.ts'
import type { Report } from '../../values/report.ts'
import type { Terminal } from '../terminal.ts'
import { harmless } from '../terminal.ts'
import {
  answers,
  changesView,
  contradictionsView,
  conventionsView,
  gatesView,
  tried,
  verdictView,
} from './plan-view.ts'
import { heading, paragraph, row } from './text.ts'

const SHOWN_FAILURES = 5

/** The stage's value without the plan, whose files stand on the branch. */
export function integrationJson(result: IntegrationResult): Omit<IntegrationResult, 'plan'> {
  const { plan: _, ...value } = result
  return value
}

/** What the view needs besides the result. */
export interface Surroundings {
  /** Gates that the backend runs, natively or written with others. */
  readonly runnable: readonly string[]
  /** The repository as the person named it, and the branch that it started from; absent when it is gone already. */
  readonly repository?: { readonly folder: string; readonly base: string }
}

/** The result for a person, with what to do next. */
export function integrationView(result: IntegrationResult, around: Surroundings, out: Terminal): string {
  const { plan } = result
  return [
    verdictView(plan?.purl ?? result.backend, result.backend, result.verdict, result.reason, out),
    contradictionsView(result.contradictions, out),
    gatesView(plan?.measurement, around.runnable, out),
    conventionsView(plan?.measurement, out),
    plan === undefined ? '' : tried(plan, out),
    answers(result.verdict, out),
    changesView(result.changes, out),
    result.report === undefined ? '' : reportView(result.report, out),
    next(result, around.repository, out),
  ].join('')
}

/** The test run: numbers by category, then the first failures with their messages. */
export function reportView(report: Report, out: Terminal): string {
  const { palette } = out
  const categories = new Map<string, { passed: number; all: number }>()
  for (const test of report.tests) {
    const entry = categories.get(test.category) ?? { passed: 0, all: 0 }
    categories.set(test.category, {
      passed: entry.passed + (test.outcome === 'passed' ? 1 : 0),
      all: entry.all + (test.outcome === 'skipped' ? 0 : 1),
    })
  }
  const broken = report.tests.filter(({ outcome }) => outcome === 'failed' || outcome === 'error')
  const skipped = report.tests.filter(({ outcome }) => outcome === 'skipped')
  const mark = report.failed === 0 ? palette.green('✓') : palette.red('✗')
  return [
    heading('Tests, run on the real simulator', out),
    `  ${mark} ${report.passed} passed, ${report.failed} failed, ${report.skipped} skipped in ${report.seconds.toFixed(1)} s, contained by ${harmless(report.containment)}\n`,
    row(
      'by category',
      [...categories]
        .filter(([, { all }]) => all > 0)
        .map(([name, { passed, all }]) => `${harmless(name)} ${passed}/${all}`)
        .join(' · '),
      out,
    ),
    ...skipped.slice(0, SHOWN_FAILURES).map((test) => row('skipped', `${test.name}: ${skipReason(test.message)}`, out)),
    ...broken
      .slice(0, SHOWN_FAILURES)
      .flatMap((test) => [
        `  ${palette.red('✗')} ${harmless(test.name)}\n`,
        paragraph((test.message ?? '').slice(0, 600), out, '    '),
      ]),
    broken.length > SHOWN_FAILURES ? `    … and ${broken.length - SHOWN_FAILURES} more (--json lists all)\n` : '',
  ].join('')
}

function next(result: IntegrationResult, repository: Surroundings['repository'], out: Terminal): string {
  const { palette } = out
  if (result.branch === undefined) return `\nNothing was kept: no branch, no file.\n`
  if (repository === undefined) return ''
  const { folder: repo, base } = repository
  const git = repo === '.' ? 'git' : `git -C ${shellWord(repo)}`
  const lines = [
    ['see the changes', `${git} diff ${base}...${result.branch}`],
    ['one by one', `${git} log --reverse --stat ${base}..${result.branch}`],
    ['take it', `${git} merge ${result.branch}`],
    ['undo', `${git} branch -D ${result.branch}`],
  ].map(([label = '', command = '']) => `  ${palette.dim(label.padEnd(17))}${palette.cyan(command)}\n`)
  return `${heading(`On branch ${result.branch}; your working tree is as it was`, out)}${lines.join('')}`
}

/** Pytest puts the place in front of the reason. */
function skipReason(message = 'no reason given'): string {
  return message.replace(/^\S+\.py:\d+: /, '')
}

/** A path as a shell reads it back. */
function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
