/** Turns what an installer says into one of four reasons and a sentence that a person can act on. */
import { type Conflict, conflict } from '../values/isolation.ts'
import { isBuildFailure, missingForBuild, withoutWheel } from './build-help.ts'
import { normalizeName, type Pin } from './lock.ts'
import { inRange, parseRequirement } from './requirements.ts'
import type { Built, Prepared } from './runner.ts'

export type Refusal = Extract<Prepared, { ok: false }>

const DOWNLOAD =
  /failed to fetch|request failed|error sending request|connection (?:refused|reset|error|aborted|broken)|could not fetch url|timed? ?out|temporary failure|name or service not known|dns error|tls|certificate|ssl|max retries exceeded|failed to download|http status|HTTP error \d|readtimeout|no space left|hash mismatch|do not match the hashes/i
const NO_WHEEL =
  /no usable wheels?|no wheels? with a matching|wheels are required for|building from source is disabled/i
/** There are wheels for others, and no source archive that could be built. */
const NO_SOURCE = /no wheels? with a matching (?:python|abi|platform)|has no source distribution/i
const PYTHON_RANGE = /requires[- ]python|current python version|requires a different python/i
const PRE_RELEASE = /pre-?releases? weren't enabled|only pre-?releases|prerelease|pre-release/i

const DAMAGED =
  /invalid package format|failed to read from zip|bad ?zip|not a zip file|has an invalid wheel|is invalid\.$/im

/** Whether a failure is one of the network, the disk or a damaged file, and not of what packages need. */
export function isDownloadFailure(text: string): boolean {
  return DAMAGED.test(text) || (DOWNLOAD.test(text) && !/no solution found|resolutionimpossible/i.test(text))
}

export function downloadRefusal(text: string): Refusal {
  const message = `The packages could not be downloaded: ${excerpt(text)} Check the network and the index, then run this again.`
  return { ok: false, reason: 'download', message }
}

/** The packages were resolved, and then something else was in the way. */
export function installRefusal(text: string): Refusal {
  if (isDownloadFailure(text)) return downloadRefusal(text)
  const message = `The packages were resolved but could not be installed: ${excerpt(text)}`
  return { ok: false, reason: 'download', message }
}

/** A build from source failed, also with the older versions that its log asked for. */
export function buildRefusal(text: string, build: Built): Refusal {
  if (isDownloadFailure(text) && !isBuildFailure(text)) return downloadRefusal(text)
  const lacks = missingForBuild(text)
  const older = build.constraints.length > 0 ? `, also with ${build.constraints.join(', ')}` : ''
  const why = lacks === undefined ? excerpt(lastLines(text)) : `${lacks}.`
  const message = `The build from source failed${older}: ${why} Install what is missing, or use a Python for which there is a wheel; \`graft doctor\` says what builds need.`
  return { ok: false, reason: 'no_wheel', message }
}

/** A build's log tells at its end what went wrong. */
function lastLines(text: string): string {
  return text.trim().split('\n').slice(-6).join('\n')
}

/** No interpreter of this machine lies in both ranges. */
export function pythonRefusal(what: string, ranges: { package: string; target: string }, found: string[]): Refusal {
  const range = (text: string) => (text === '' ? 'any version' : text)
  const message = `${what} needs Python ${range(ranges.package)} and the target ${range(ranges.target)}, but this machine has only ${found.join(', ')}. Install a Python that suits both and put it on the PATH.`
  return { ok: false, reason: 'python', message }
}

/**
 * Why the package cannot be installed even by itself.
 *
 * @param what name and version, for people
 * @param facts whether the index has a wheel for this machine, and what was built where that was allowed
 */
export function loneRefusal(
  what: string,
  name: string,
  python: string,
  text: string,
  facts: { wheelAvailable: boolean; build: Built | undefined },
): Refusal {
  const own = normalizeName(name)
  if (facts.build !== undefined && isBuildFailure(text)) return buildRefusal(text, facts.build)
  // It may be a dependency whose wheel is missing.
  const culprit = withoutWheel(text)
  const dependency = culprit === own ? undefined : culprit
  if (NO_SOURCE.test(text) && !/no usable wheels?/i.test(text)) {
    const lacking = dependency === undefined ? `${what} has` : `${dependency}, which ${what} needs, has`
    const others = [...text.matchAll(/`((?:cp|pp)\d+\w*)`/g)].flatMap(([, tag]) => tag ?? [])
    const only = [...new Set(others)].filter((tag) => !text.includes(`(\`${tag}\`), but`))
    const message = `${lacking} no wheel for Python ${python} on this machine${only.length === 0 ? '' : ` (only ${only.slice(0, 8).join(', ')})`} and no source archive that could be built. Another version of ${name}, or another Python, may have one.`
    return { ok: false, reason: 'python', message }
  }
  if (PYTHON_RANGE.test(text) && !NO_WHEEL.test(text)) {
    const message = `${what} cannot be installed for Python ${python}: ${excerpt(text)}`
    return { ok: false, reason: 'python', message }
  }
  if (NO_WHEEL.test(text) || (!facts.wheelAvailable && facts.build === undefined)) {
    const other = NO_WHEEL.test(text) ? dependency : undefined
    const lacking = other === undefined ? `${what} has` : `${other}, which ${what} needs, has`
    const message = `${lacking} no wheel for Python ${python} on this machine. Allow a build from source with --allow-build (it runs the build script of ${other ?? name}, outside the sandbox), or use a Python or platform that it has wheels for.`
    return { ok: false, reason: 'no_wheel', message }
  }
  const hint = PRE_RELEASE.test(text) ? ' Pre-releases are never installed.' : ''
  const message = `${what} cannot be installed, even by itself: ${excerpt(text)}${hint}`
  return { ok: false, reason: 'conflict', message }
}

export interface Sides {
  /** The package itself, which the target may need in another version. */
  readonly own: { readonly name: string; readonly version: string }
  readonly packageRequires: readonly string[]
  readonly targetRequires: readonly string[]
  /** What the package alone resolves to; and the target alone, when that could be resolved. */
  readonly packagePins: readonly Pin[]
  readonly targetPins: readonly Pin[]
}

/** What the package and the target each need, and cannot both have: both sides of every name that they differ in. */
export function conflictsOf(sides: Sides): Conflict[] {
  const [ours, theirs] = [rangesOf(sides.targetRequires), rangesOf(sides.packageRequires)]
  const own = normalizeName(sides.own.name)
  theirs.set(own, `==${sides.own.version}`)
  const versions = (pins: readonly Pin[]) => new Map(pins.map((pin) => [pin.name, pin.version]))
  const [targetPins, packagePins] = [versions(sides.targetPins), versions(sides.packagePins)]
  const clashing: Conflict[] = []
  const different: Conflict[] = []
  for (const name of new Set([...packagePins.keys(), ...theirs.keys()])) {
    const [alone, wanted] = [packagePins.get(name), targetPins.get(name)]
    const [theirRange, ourRange] = [theirs.get(name) ?? '', ours.get(name) ?? '']
    const side = (range: string, version: string | undefined) =>
      range !== '' ? range : version !== undefined ? `${version} (indirectly)` : ''
    const found = { name, package: side(theirRange, alone), target: side(ourRange, wanted) }
    if ((alone && !inRange(alone, ourRange)) || (wanted && !inRange(wanted, theirRange))) clashing.push(found)
    else if (alone !== undefined && wanted !== undefined && alone !== wanted) different.push(found)
  }
  // Further down, where nobody's own requirements say it, the two at least come out at different versions.
  return (clashing.length > 0 ? clashing : different).filter((one) => conflict.safeParse(one).success).slice(0, 10)
}

function rangesOf(requirements: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const line of requirements) {
    const requirement = parseRequirement(line)
    if (requirement === undefined || /\bextra\b/.test(requirement.marker)) continue
    const known = found.get(requirement.name)
    found.set(requirement.name, [known, requirement.range].filter(Boolean).join(','))
  }
  return found
}

/** The telling part of a tool's output on one line: printable ASCII, no credentials, at most 500 characters, a full stop. */
export function excerpt(text: string): string {
  const lines = text
    .replace(/[^\x20-\x7e\n]/g, ' ')
    .replace(/(\w+:\/\/)[^\s/@]+@/g, '$1')
    .split('\n')
    .map((line) =>
      line
        .replace(/^\s*(?:error|cause|ERROR|WARNING):\s*/, '')
        // pip tells each of its attempts, in the words of its HTTP library.
        .replace(/^Retrying \(.*?after connection broken by '\w+\((.*)\)': .*$/, '$1')
        .replace(/<[^<>]*object at 0x[0-9a-f]+>:?/g, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((line) => line !== '' && !/^(?:hint|\[notice\]|no solution found)/i.test(line))
  const line = [...new Set(lines)].join(' ').slice(0, 500).trim()
  return line === '' ? 'no reason was given.' : /[.!?]$/.test(line) ? line : `${line}.`
}
