/** Title and body of the pull request. */
import type { PullModel } from '../../integration/models.ts'
import { formatIntegrationBranch } from '../../values/branches.ts'
import type { Change, ChangeKind } from '../../values/plan.ts'
import { markedTable } from './changes-table.ts'
import { bullets, fence, folded, inlineCode, plain, sections, table } from './markdown.ts'
import { measuredView } from './measured.ts'

/** Plain text, and the subject of a squash merge: nothing in it may mention or refer to anything. */
export function pullTitle({ backend, purl }: PullModel): string {
  const [, name = '', full = ''] = /\/([^/@]+)@([^@?#]+)(?:[?#].*)?$/.exec(purl) ?? []
  const version = /^[0-9a-f]{40}$/.test(full) ? full.slice(0, 10) : full
  const source = [name, version]
    .map((part) => part.replace(/[^A-Za-z0-9._+-]/g, '').slice(0, 60))
    .filter((part) => part !== '')
  return `Add the backend ${backend.name}${source.length === 0 ? '' : ` (${source.join(' ')})`}`
}

export function pullBody(model: PullModel): string {
  const { issue, backend, purl, changes, measured } = model
  const marked = markedTable(String(issue), changes)
  const parts =
    measured === undefined
      ? [`The backend \`${backend.name}\` from ${inlineCode(purl)}.`, marked]
      : [
          `The backend \`${backend.name}\` from ${inlineCode(purl)}. ${plain(measured.reason)}`,
          '### Review it in two minutes',
          review(measured.planned),
          '### Changes',
          marked,
          folded('Why each change', why(measured.planned)),
          '### What was measured',
          measuredView(measured.measurement, measured.limits, measured.contradictions),
          '### Try it',
          tryIt(model, measured.planned),
        ]
  return sections([`Closes #${issue}.`, ...parts])
}

function review(planned: readonly Change[]): string {
  const id = (kind: ChangeKind) => planned.find((change) => change.kind === kind)?.id
  const file = (kind: ChangeKind) => pathOf(planned, kind)
  const [adapter, discovery, bridge] = [id('adapter'), id('discovery'), id('bridge')]
  const path = file('adapter')
  const steps = [
    adapter === undefined || path === undefined
      ? undefined
      : `\`${adapter}\`: read ${inlineCode(path)}, a table of gates and a few lines that run them. A minus sign, a factor or a swapped argument in it was measured, not guessed.`,
    discovery === undefined
      ? undefined
      : `\`${discovery}\`: the only edit of files that were here before. It is made once.`,
    bridge === undefined
      ? undefined
      : `\`${bridge}\`: the package that small backends share, the same in every repository. It comes once.`,
    'The check `graft` has the report of the tests: they measure every gate again, on the simulator.',
    'Comment `/approve` for all changes, `/approve c1 c3` for some, `/revert c2` to take one back. Push to this branch as you like: your commits stay, and become changes `u1`, `u2`, …',
  ]
  return bullets(steps.filter((step) => step !== undefined))
}

function why(planned: readonly Change[]): string {
  return table(
    ['id', 'why', 'needs'],
    planned.map((change) => [
      `\`${change.id}\``,
      plain(change.why, 500),
      change.depends.map((id) => `\`${id}\``).join(' ') || '–',
    ]),
  )
}

function tryIt({ issue, backend }: PullModel, planned: readonly Change[]): string {
  const branch = formatIntegrationBranch({ issue, backend: backend.name })
  const [requirements, tests] = [pathOf(planned, 'requirements'), pathOf(planned, 'tests')]
  const lines = [`git fetch origin ${branch}`, `git switch ${branch}`]
  if (requirements !== undefined) lines.push(`python -m pip install --require-hashes --no-deps -r ${requirements}`)
  if (tests !== undefined) lines.push(`python -m pytest ${tests}`)
  return `In an environment in which this repository is installed:\n\n${fence(lines, { language: 'sh' })}`
}

function pathOf(planned: readonly Change[], kind: ChangeKind): string | undefined {
  return planned.find((change) => change.kind === kind)?.files[0]?.path
}
