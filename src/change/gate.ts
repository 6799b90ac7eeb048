/** The gate before the merge: what the check run `graft` concludes, and what is missing. Pure. */
import type { Report } from '../values/report.ts'
import { type ChangeStanding, isLive } from './standing.ts'

export interface GateInput {
  readonly changes: readonly ChangeStanding[]
  readonly blockedBy: readonly string[]
  readonly needSecond: readonly string[]
  /** Tree of the head. */
  readonly tree: string
  /** The last run's report; one of another tree counts as none. */
  readonly report?: Report | undefined
  /** Whether a run of this tree is on its way. */
  readonly pending: boolean
  /** What keeps the tests from running, in one clause. */
  readonly problem?: string | undefined
  /** Paths of the workflow and of its programs that the branch changed: whoever edits them writes the report. */
  readonly edited?: readonly string[] | undefined
  /** Why this pull request cannot be the one that is approved here, in one clause. */
  readonly misplaced?: string | undefined
}

/**
 * Never `neutral` or `skipped`, which would satisfy a required check, and never empty while something is missing:
 * `success` exactly when `missing` is empty.
 */
export interface Gate {
  readonly conclusion: 'success' | 'failure' | 'action_required'
  /** One clause each, for people. */
  readonly missing: readonly string[]
}

/** Whether a report is green: something passed, and nothing failed. */
export function isGreen(report: Report): boolean {
  const broken = report.tests.some((test) => test.outcome === 'failed' || test.outcome === 'error')
  return report.passed > 0 && report.failed === 0 && !broken
}

/** Concludes. A red run of this tree is a failure whatever else is missing. */
export function concludeGate(input: GateInput): Gate {
  const live = input.changes.filter(isLive)
  const report = input.report?.tree === input.tree ? input.report : undefined
  const missing = [
    ...(input.misplaced === undefined ? [] : [input.misplaced]),
    ...ofChanges(live, input.needSecond),
    ...ofPeople(input.blockedBy),
    ...ofTests(input, report),
  ]
  if (live.length === 0) {
    missing.unshift('every change is taken back: nothing would be merged')
  }
  const red = report !== undefined && !isGreen(report)
  return { conclusion: red ? 'failure' : missing.length > 0 ? 'action_required' : 'success', missing }
}

function ofChanges(live: readonly ChangeStanding[], needSecond: readonly string[]): string[] {
  const second = new Set(needSecond)
  const ids = (type: ChangeStanding['state']['type'], bySecond: boolean) =>
    live.filter((change) => change.state.type === type && second.has(change.id) === bySecond).map((change) => change.id)
  const open = live.filter((change) => change.state.type !== 'approved' && second.has(change.id)).map((one) => one.id)
  const clauses: [readonly string[], string][] = [
    [ids('proposed', false), 'to be approved'],
    [ids('lapsed', false), 'to be approved again: the files were edited since'],
    [open, 'to be approved by a second person'],
  ]
  return clauses.flatMap(([list, what]) =>
    list.length === 0 ? [] : [`${idRange(list)} ${list.length === 1 ? 'has' : 'have'} ${what}`],
  )
}

function ofPeople(blockedBy: readonly string[]): string[] {
  return blockedBy.map((login) => `${login} requests changes`)
}

function ofTests(input: GateInput, report: Report | undefined): string[] {
  if (report !== undefined) {
    if (isGreen(report)) return ofPrograms(input.edited ?? [])
    const broken = report.tests.filter((test) => test.outcome === 'failed' || test.outcome === 'error').length
    const number = Math.max(broken, report.failed)
    if (number === 0) return ['the last run ran no test']
    return [`${number} of ${report.passed + number} tests ${number === 1 ? 'fails' : 'fail'}`]
  }
  if (input.problem !== undefined) return [`the tests cannot run: ${input.problem}`]
  return [input.pending ? 'the tests are running' : 'the tests have not run on this state of the branch']
}

/** What its own branch can rewrite proves nothing about it. */
function ofPrograms(edited: readonly string[]): string[] {
  const [first, ...more] = edited
  if (first === undefined) return []
  const others = more.length === 0 ? '' : ` and ${more.length} more`
  return [
    `the tests do not count: \`${first}\`${others}, which they are run by, differs from the default branch; take that back, or merge it by a pull request of its own first`,
  ]
}

/** `c1–c4, c7`: three or more in a row are drawn together. */
export function idRange(ids: readonly string[]): string {
  const runs: string[][] = []
  for (const id of ids) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run !== undefined && last !== undefined && follows(last, id)) run.push(id)
    else runs.push([id])
  }
  return runs.map((run) => (run.length < 3 ? run.join(', ') : `${run[0]}–${run.at(-1)}`)).join(', ')
}

function follows(first: string, second: string): boolean {
  return first[0] === second[0] && Number(second.slice(1)) === Number(first.slice(1)) + 1
}
