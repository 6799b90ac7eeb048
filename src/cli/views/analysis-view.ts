/** What `graft analyze` shows: what the package is, the gates whose names were found, how it may be driven, and where. */
import { foundGates } from '../../values/found-gates.ts'
import { GATE_NAMES } from '../../values/gates.ts'
import type { Profile } from '../../values/profile.ts'
import type { Snapshot } from '../../values/snapshot.ts'
import type { Terminal } from '../terminal.ts'
import { harmless } from '../terminal.ts'
import { count, heading, paragraph, row, size, table, where } from './text.ts'

const SHOWN_ENTRIES = 6

/** Words for the capabilities that a package may have or claim. */
const CAPABILITIES = {
  gpu: 'GPU',
  noise: 'noise',
  densityMatrix: 'density matrices',
  tensorNetwork: 'tensor networks',
  stabilizerOnly: 'stabilizer circuits only',
  photonic: 'photonic',
  annealing: 'annealing',
} as const

/**
 * The profile of a package, for a person.
 *
 * @param locator what was asked for: of a folder it is the only name that a next command understands
 */
export function analysisView(locator: string, snapshot: Snapshot, profile: Profile, out: Terminal): string {
  return [
    about(snapshot, profile, out),
    gates(profile, out),
    driving(profile, out),
    verdict(snapshot.purl.startsWith('pkg:generic/') ? locator : snapshot.purl, profile, out),
  ].join('')
}

function about(snapshot: Snapshot, profile: Profile, out: Terminal): string {
  const { palette } = out
  const { statistics } = profile
  const left = statistics.skipped.length
  const fact = (found: { value: string; evidence: Profile['dependencies'][number]['evidence'] } | undefined) =>
    found === undefined ? '' : [found.value, where(found.evidence)].filter(Boolean).join('  ')
  return [
    `${palette.bold(`${harmless(snapshot.distribution)} ${harmless(snapshot.version)}`)}  ${palette.dim(harmless(snapshot.purl))}\n`,
    row('what', profile.summary?.value ?? snapshot.summary, out),
    row('licence', fact(profile.licence) || snapshot.licence || 'not stated', out),
    row('Python', snapshot.requiresPython || 'not stated', out),
    row('modules', profile.modules.map(({ value }) => value).join(', '), out),
    row('needs', profile.dependencies.map(({ value }) => value).join(', '), out),
    row('undeclared', profile.undeclared.map((found) => `${found.value} (${where(found.evidence)})`).join(', '), out),
    row('compiled', profile.compiled ? 'yes: parts of it cannot be read, only tried in the sandbox' : 'no', out),
    row('wheel', snapshot.wheelAvailable ? '' : 'none fits this machine and Python: it would have to be built', out),
    row('yanked', snapshot.yanked ?? '', out),
    row(
      'files',
      snapshot.trees.map(({ artifact }) => `${artifact.filename} (${size(artifact.bytes)})`).join(', '),
      out,
    ),
    row(
      'read',
      `${count(statistics.files, 'file')}, ${size(statistics.bytes)}, in ${(statistics.milliseconds / 1000).toFixed(1)} s` +
        (left > 0 ? `; ${left} left out, ${statistics.skipped.slice(0, 2).join(', ')}${left > 2 ? ', …' : ''}` : ''),
      out,
    ),
  ].join('')
}

function gates(profile: Profile, out: Terminal): string {
  const named = foundGates(profile)
  const found = GATE_NAMES.flatMap((gate) => {
    const [best, ...more] = named[gate] ?? []
    if (best === undefined) return []
    return [[gate, best.value + (more.length > 0 ? ` +${more.length}` : ''), where(best.evidence)]]
  })
  const missing = GATE_NAMES.filter((gate) => named[gate] === undefined)
  return [
    heading(`Gate names found: ${found.length} of ${GATE_NAMES.length}`, out),
    table(found, out),
    found.length === 0 ? '' : row('not found', missing.join(' '), out),
    found.length === 0
      ? ''
      : paragraph('Names are only a hint: a plan or an integration measures what each gate does.', out),
  ].join('')
}

function driving(profile: Profile, out: Terminal): string {
  const { capabilities } = profile
  const classes = profile.classes
    .filter((found) => found.exported && /circuit|simulat|program|state|register|device|engine/i.test(found.ref))
    .slice(0, SHOWN_ENTRIES)
    .map((found) => ['class', found.ref, where([found.evidence])])
  const examples = [...profile.examples]
    .sort((a, b) => Number(b.strong) - Number(a.strong))
    .slice(0, SHOWN_ENTRIES)
    .map((found) => [
      'example',
      `${count(found.setup.length, 'line')} to make, ${found.gates.length} with gates, ${found.run.length} to run`,
      where([found.evidence]),
    ])
  const routes = [
    ...capabilities.hosts.map((found) => ['circuits of', found.value, where(found.evidence)]),
    ...capabilities.textDialects.map((found) => ['text', found.value, where(found.evidence)]),
  ].slice(0, SHOWN_ENTRIES)
  const claims = Object.entries(CAPABILITIES).flatMap(([key, words]) => {
    const found = capabilities[key as keyof typeof CAPABILITIES]
    return found?.value ? [`${words} (${where(found.evidence)})`] : []
  })
  if (classes.length + examples.length + routes.length === 0) return ''
  return [
    heading('How it may be driven', out),
    table([...classes, ...examples, ...routes], out),
    row('mentions', claims.join(', '), out),
  ].join('')
}

function verdict(locator: string, profile: Profile, out: Terminal): string {
  const { value, evidence } = profile.looksLikeSimulator
  const place = where(evidence)
  const proof = place === '' ? '' : ` (${place})`
  const { palette } = out
  const next = `graft plan ${harmless(locator)} --repo DIR`
  return value
    ? `\n${palette.green('✓')} It looks like a gate-model simulator${proof}. Nothing of it was run.\n  Next: ${palette.cyan(next)}\n`
    : `\n${palette.yellow('!')} Nothing in it looks like a gate-model simulator${proof}. Nothing of it was run.\n`
}
