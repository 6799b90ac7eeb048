/** Which version of a project and which of its files are taken. Pure. */
import { explain, rcompare, satisfies, valid, validRange } from '@renovatebot/pep440'
import { UserError } from '../values/errors.ts'
import { oneLine } from './metadata.ts'
import type { IndexFile, Project, Release } from './project.ts'
import { acceptedTags, type PythonTarget, parseWheelName, rankWheel } from './wheel-tags.ts'

/** Larger downloads are not made: the other artifact has to do. */
export const MAX_DOWNLOAD_BYTES = 300 * 1024 * 1024

export interface Selection {
  readonly version: string
  readonly wheel?: IndexFile
  readonly sdist?: IndexFile
  /** The wheel can be installed for this Python on this machine; otherwise it only serves for reading. */
  readonly wheelFits: boolean
  /** Reason, possibly empty, when the version was yanked. */
  readonly yanked?: string
  /** The newest version, passed over because it has no wheel that fits. */
  readonly newerWithoutWheel?: string
  readonly warnings: readonly string[]
}

/** What decides between versions, besides the Python. */
export interface Wanted {
  /** Exactly this version. */
  readonly pinned?: string | undefined
  /** Only versions in this range (PEP 440). */
  readonly range?: string | undefined
  /** What has no wheel may be built. */
  readonly allowBuild?: boolean | undefined
}

/**
 * Chooses the pinned version; or of the stable ones that are not yanked and admit the Python the newest that has a wheel for
 * it, and where none has one, or builds are allowed, the newest.
 *
 * @throws UserError with the reason and what to do when there is none.
 */
export function selectFiles(project: Project, wanted: Wanted, python: PythonTarget): Selection {
  const { pinned, range, allowBuild = false } = wanted
  const tags = acceptedTags(python)
  const known = project.releases
    .filter((release) => valid(release.version) !== null && release.files.length > 0)
    .filter(({ version }) => range === undefined || satisfies(version, range))
    .toSorted((a, b) => rcompare(a.version, b.version))
  const release = pinned === undefined ? newest(project, known, python) : exactly(project, known, pinned, python)
  const wheels = release.files.filter((file) => file.kind === 'wheel')
  const fitting = bestWheel(
    wheels.filter((file) => admits(file, python)),
    tags,
  )
  const wheel = fitting ?? smallest(wheels)
  const sdist = release.files.find((file) => file.kind === 'sdist')
  const yanked = yankReason(release)
  const warnings: string[] = []
  if (pinned === undefined && isPrerelease(release))
    warnings.push(`${project.name} has only pre-releases; the newest is taken: ${release.version}.`)
  if (yanked !== undefined) warnings.push(`${project.name} ${release.version} was yanked${because(yanked)}.`)
  if (fitting === undefined && pinned === undefined && !allowBuild) {
    const older = known.find(
      (other) =>
        isCandidate(other, python) &&
        bestWheel(
          other.files.filter((file) => admits(file, python)),
          tags,
        ),
    )
    if (older !== undefined) {
      const selection = selectFiles(project, { pinned: older.version }, python)
      const passed =
        `${project.name} ${release.version} has no wheel for Python ${python.version} on this machine, so the newest ` +
        `version that has one is taken: ${older.version}. Ask for ${project.name}==${release.version} to have it built.`
      return { ...selection, newerWithoutWheel: release.version, warnings: [...selection.warnings, passed] }
    }
  }
  return {
    version: release.version,
    wheelFits: fitting !== undefined,
    warnings,
    ...(wheel === undefined ? {} : { wheel }),
    ...(sdist === undefined ? {} : { sdist }),
    ...(yanked === undefined ? {} : { yanked }),
  }
}

function newest(project: Project, known: readonly Release[], python: PythonTarget): Release {
  const found = known.find((release) => isCandidate(release, python))
  if (found !== undefined) return found
  const [first] = known
  if (first === undefined)
    throw new UserError(`${project.name} has no wheel and no source archive on the index: there is nothing to read.`)
  const kept = known.filter((release) => yankReason(release) === undefined)
  if (kept.length === 0)
    throw new UserError(
      `Every version of ${project.name} was yanked${because(yankReason(first) ?? '')}; ` +
        `ask for one exactly, such as ${project.name}==${first.version}, to use it all the same.`,
    )
  const stable = kept.filter((release) => !isPrerelease(release))
  // Where nothing was released yet, a pre-release is what the package is.
  const preview = stable.length === 0 ? kept.find((release) => isAdmitted(release, python)) : undefined
  if (preview !== undefined) return preview
  throw wrongPython(project, stable[0] ?? kept[0] ?? first, python)
}

function exactly(project: Project, known: readonly Release[], pinned: string, python: PythonTarget): Release {
  // `1.0` and `1.0.0` are the same version: compared as versions, not as text.
  const release = known.find((candidate) => rcompare(candidate.version, pinned) === 0)
  if (release === undefined) {
    const stable = known.filter((candidate) => !isPrerelease(candidate))
    const some = (stable.length > 0 ? stable : known).slice(0, 5).map(({ version }) => version)
    const others = some.length === 0 ? 'it has no files at all' : `its newest are ${some.join(', ')}`
    throw new UserError(`${project.name} has no version ${pinned} with files on the index; ${others}.`)
  }
  if (!release.files.some((file) => admits(file, python))) throw wrongPython(project, release, python)
  return release
}

/** There is a version, and another Python could run it. */
export class WrongPythonError extends UserError {}

function wrongPython(project: Project, release: Release, python: PythonTarget): WrongPythonError {
  const wanted = release.files[0]?.requiresPython ?? ''
  return new WrongPythonError(
    `${project.name} ${release.version} needs Python ${oneLine(wanted, 80)} and this is ${python.version}; ` +
      'use another Python, or ask for an older version with ==.',
  )
}

function isCandidate(release: Release, python: PythonTarget): boolean {
  return !isPrerelease(release) && yankReason(release) === undefined && isAdmitted(release, python)
}

function isAdmitted(release: Release, python: PythonTarget): boolean {
  return release.files.some((file) => file.yanked === undefined && admits(file, python))
}

/** Development releases count as pre-releases, as in PEP 440. */
function isPrerelease(release: Release): boolean {
  const parts = explain(release.version)
  return parts === null || parts.is_prerelease || parts.is_devrelease
}

/** A version is yanked when all its files are. */
function yankReason(release: Release): string | undefined {
  return release.files.every((file) => file.yanked !== undefined) ? release.files[0]?.yanked : undefined
}

function because(reason: string): string {
  return reason.trim() === '' ? '' : ` (${oneLine(reason, 200)})`
}

/** An unreadable Requires-Python admits every Python, as in pip. */
function admits(file: IndexFile, python: PythonTarget): boolean {
  const range = file.requiresPython.trim()
  if (range === '' || !validRange(range)) return true
  return satisfies(python.version, range, { prereleases: true })
}

function bestWheel(files: readonly IndexFile[], tags: ReadonlyMap<string, number>): IndexFile | undefined {
  let best: { file: IndexFile; rank: number; build: string } | undefined
  for (const file of files) {
    const name = parseWheelName(file.filename)
    const rank = name === undefined ? undefined : rankWheel(name, tags)
    if (name === undefined || rank === undefined) continue
    const better = best === undefined || rank < best.rank || (rank === best.rank && newerBuild(name.build, best.build))
    if (better) best = { file, rank, build: name.build }
  }
  return best?.file
}

/** Build tags sort by their leading number, then as text. */
function newerBuild(a: string, b: string): boolean {
  return a.localeCompare(b, 'en', { numeric: true }) > 0
}

function smallest(files: readonly IndexFile[]): IndexFile | undefined {
  const size = (file: IndexFile) => file.size ?? MAX_DOWNLOAD_BYTES
  return files.toSorted((a, b) => size(a) - size(b) || a.filename.localeCompare(b.filename, 'en'))[0]
}
