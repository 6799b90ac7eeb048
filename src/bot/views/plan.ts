/** The plan comment: what the package is, how it will be driven and why Graft thinks so, what will change and what not. */
import type { PlanModel } from '../../integration/models.ts'
import { foundGates } from '../../values/found-gates.ts'
import { GATE_NAMES } from '../../values/gates.ts'
import { formatMarker } from '../../values/marker.ts'
import type { Evidence, Profile } from '../../values/profile.ts'
import { filesCell } from './changes-table.ts'
import { bullets, counted, fence, inlineCode, plain, sections, table } from './markdown.ts'

/** Foreign and long: so many lines of evidence each. */
const EVIDENCE_LINES = 26

export function planView(model: PlanModel): string {
  const { issue, backend, snapshot, wishes } = model
  return sections([
    `${formatMarker({ kind: 'plan', of: String(issue) })}\n**Plan for the backend \`${backend.name}\`**`,
    'From reading the source; nothing of it was run. Names are only hypotheses: what a call does is measured on the real simulator next, and what is measured decides.',
    '**What it is**',
    whatItIs(model),
    '**How it may be driven**',
    evidenceOf(model.profile),
    '**What will change**',
    `On the branch \`graft/${issue}-${backend.name}\`, from ${inlineCode(model.base.slice(0, 12))}, one commit each:`,
    table(
      ['id', 'change', 'files'],
      model.changes.map((change) => [`\`${change.id}\``, plain(change.title, 120), filesCell(change.files)]),
    ),
    '**What it will not do**',
    bullets([
      'open a pull request before the simulator was measured, or when the measurement is not good enough',
      'touch any other file, or any branch but its own',
      'run the package anywhere but in a job of this repository’s Actions: without secrets, with a token that only reads, and without network while the simulator runs',
      'merge: that stays with you',
    ]),
    ...(wishes.length === 0
      ? []
      : [
          '**What was wished**',
          'Compared with what is measured; what is not met will be said.',
          fence(wishes, { wrap: true }),
        ]),
    snapshot.yanked === undefined
      ? undefined
      : `The index marks this version as withdrawn:\n\n${fence(snapshot.yanked)}`,
  ])
}

function whatItIs({ snapshot, profile, backend }: PlanModel): string {
  const { artifact } = snapshot.trees[0] ?? {}
  const { capabilities } = profile
  const claims = (
    [
      ['GPU', capabilities.gpu],
      ['noise', capabilities.noise],
      ['density matrices', capabilities.densityMatrix],
      ['tensor networks', capabilities.tensorNetwork],
    ] as const
  ).filter(([, fact]) => fact?.value === true)
  const lines = [
    `package    ${snapshot.distribution} ${snapshot.version}`,
    `summary    ${snapshot.summary || 'none'}`,
    `licence    ${snapshot.licence || 'not stated'}${places(profile.licence?.evidence)}`,
    `python     ${snapshot.requiresPython || 'any'}`,
    `modules    ${profile.modules.map((module) => module.value).join(' ') || 'none'}${profile.compiled ? ' (with compiled code)' : ''}`,
    `read       ${counted(profile.statistics.files, 'file')}${artifact === undefined ? '' : ` of ${artifact.filename}`}`,
    ...(artifact === undefined ? [] : [`sha256     ${artifact.sha256}`]),
    ...(claims.length === 0 ? [] : [`speaks of  ${claims.map(([name]) => name).join(', ')}`]),
    `becomes    ${backend.name}: ${backend.displayName} ${backend.version}, by ${backend.author}`,
  ]
  const missing = profile.undeclared.map((module) => inlineCode(module.value, 60)).slice(0, 10)
  const undeclared =
    missing.length === 0
      ? []
      : [`It imports what it does not declare: ${missing.join(', ')}. If the measurement stops there, this is why.`]
  return sections([fence(lines), ...undeclared]).trimEnd()
}

function evidenceOf(profile: Profile): string {
  const gates = foundGates(profile)
  const rows = GATE_NAMES.flatMap((gate) => {
    const [fact] = gates[gate] ?? []
    return fact === undefined ? [] : [`${gate.padEnd(6)} ${fact.value.padEnd(44)}${places(fact.evidence, 1)}`]
  })
  const unseen = GATE_NAMES.filter((gate) => gates[gate] === undefined)
  const examples = [...profile.examples]
    .sort((a, b) => Number(b.strong) - Number(a.strong))
    .slice(0, 5)
    .map((example) => `${place(example.evidence)}${example.dialect === undefined ? '' : `  (${example.dialect} text)`}`)
  const { textDialects, hosts } = profile.capabilities
  const ways = [...textDialects, ...hosts].map((fact) => `${fact.value}${places(fact.evidence, 1)}`)
  return sections([
    rows.length === 0 ? 'No name of a gate was found.' : 'Names that may be gates:',
    rows.length === 0 ? undefined : fence(rows, { lines: EVIDENCE_LINES }),
    unseen.length === 0 || rows.length === 0
      ? undefined
      : `No name was found for ${unseen.map((gate) => `\`${gate}\``).join(' ')}. The bridge can write most gates with others.`,
    examples.length === 0
      ? 'No example of a circuit was found; what the classes and functions are called is all there is.'
      : `${counted(profile.examples.length, 'example')} of circuits, such as:\n\n${fence(examples)}`,
    ways.length === 0 ? undefined : `Program texts and frameworks that it reads:\n\n${fence(ways, { lines: 12 })}`,
  ]).trimEnd()
}

function places(evidence: readonly Evidence[] | undefined, most = 2): string {
  if (evidence === undefined || evidence.length === 0) return ''
  return `  ${evidence.slice(0, most).map(place).join(', ')}`
}

function place({ file, line }: Evidence): string {
  return `${file}:${line}`
}
