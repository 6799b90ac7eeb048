/** The check run `graft`: what is missing, how each change stands, what the tests say. */
import { isGreen } from '../../change/gate.ts'
import type { CheckModel } from '../../integration/models.ts'
import type { Report } from '../../values/report.ts'
import { changesTable } from './changes-table.ts'
import { bullets, counted, fence, inlineCode, plain, sections, table } from './markdown.ts'
import { failures, pendingWords, reportLine } from './run.ts'

const CATEGORIES = ['unit', 'integration', 'performance', 'compatibility'] as const

export function checkView(model: CheckModel): { title: string; summary: string; text: string } {
  // A report of another tree says nothing about this one.
  const report = model.report?.tree === model.tree ? model.report : undefined
  return { title: title(model, report), summary: summary(model, report), text: text(report) }
}

function title({ missing }: CheckModel, report: Report | undefined): string {
  const [first, ...more] = missing
  if (first === undefined) {
    return report === undefined
      ? 'All changes approved'
      : `All changes approved, ${counted(report.passed, 'test')} passed`
  }
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`
  const upper = /^[a-z]\d/.test(first) ? first : first.charAt(0).toUpperCase() + first.slice(1)
  const line = `${upper}${rest}`.replace(/[\p{C}\s]+/gu, ' ')
  return line.length <= 200 ? line : `${line.slice(0, 199).toWellFormed()}…`
}

function summary(model: CheckModel, report: Report | undefined): string {
  const { missing, blockedBy, pending } = model
  return sections([
    missing.length === 0
      ? '**Everything is approved and green.** The pull request can be merged.'
      : `**Missing before the merge:**\n\n${bullets(missing.slice(0, 30).map((clause) => plain(clause)))}`,
    blockedBy.length === 0
      ? undefined
      : `A review that requests changes blocks until ${blockedBy
          .slice(0, 20)
          .map((login) => inlineCode(login, 40))
          .join(', ')} approves or the review is dismissed.`,
    report === undefined ? undefined : `Tests: ${reportLine(report)}.`,
    pending === undefined ? undefined : `Tests: ${pendingWords(pending)}`,
    changesTable(model.changes),
    report === undefined || isGreen(report) ? undefined : `**What failed**\n\n${failures(report, 12)}`,
    bound(model),
  ])
}

/** What the report and the approvals are about. */
function bound({ head, tree }: CheckModel): string {
  return `For commit ${inlineCode(head)}, tree ${inlineCode(tree)}, and no other.`
}

function text(report: Report | undefined): string {
  if (report === undefined) return ''
  const known = report.tests.map((test) => test.category)
  const categories = [...new Set([...CATEGORIES, ...known])].slice(0, 12)
  const rows = categories.flatMap((category) => {
    const tests = report.tests.filter((test) => test.category === category)
    if (tests.length === 0) return []
    const number = (outcome: string) => tests.filter((test) => test.outcome === outcome).length
    const failed = number('failed') + number('error')
    const seconds = tests.reduce((sum, test) => sum + test.seconds, 0)
    return [
      [
        inlineCode(category, 40),
        String(number('passed')),
        String(failed),
        String(number('skipped')),
        seconds.toFixed(1),
      ],
    ]
  })
  const skipped = report.tests.filter((test) => test.outcome === 'skipped')
  const slowest = [...report.tests].sort((a, b) => b.seconds - a.seconds).slice(0, 5)
  return sections([
    table(['category', 'passed', 'failed', 'not applicable', 'seconds'], rows),
    skipped.length === 0
      ? undefined
      : `Not applicable:\n\n${fence(
          skipped.map((test) => `${test.name}: ${test.message ?? ''}`),
          { lines: 30 },
        )}`,
    slowest.length === 0
      ? undefined
      : `Slowest:\n\n${fence(slowest.map((test) => `${test.seconds.toFixed(2).padStart(7)} s  ${test.name}`))}`,
    `How the simulator was contained: ${inlineCode(report.containment, 60)}. Green is evidence, not approval.`,
  ])
}
