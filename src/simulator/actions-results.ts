/** Judges what jobs on GitHub left: it is believed only as far as it agrees with what was asked and with the index. */
import { eq, valid } from '@renovatebot/pep440'
import type { Measurement } from '../values/measurement.ts'
import type { Report } from '../values/report.ts'
import type { MeasureRequest, MeasureResult, PreparedFile } from './artifact.ts'
import { downloadRefusal, excerpt } from './explain.ts'
import { printable } from './hostile-file.ts'
import { normalizeName, type Pin, renderLock } from './lock.ts'
import { emptyMeasurement } from './measure.ts'
import { foreignReference, statedOwners } from './references.ts'
import { parseRequirement } from './requirements.ts'
import type { Prepared, TestJob } from './runner.ts'

/** SHA-256 of all files of one version on the index. */
export type HashesOf = (name: string, version: string) => Promise<readonly string[]>

/** Versions that are looked up on the index at one time. */
const AT_ONCE = 8

/**
 * The lock, with the hashes of the index and not of the job.
 *
 * @throws TransientError when the index does not answer.
 */
export async function judgePrepared(file: PreparedFile, request: MeasureRequest, hashes: HashesOf): Promise<Prepared> {
  if (file.binding !== request.binding) return unusable('it is the answer to another request')
  if (!file.ok) return { ok: false, reason: file.reason, message: excerpt(file.message) }
  const pins = file.pins.map((pin) => ({ name: normalizeName(pin.name), version: pin.version }))
  if (new Set(pins.map((pin) => pin.name)).size < pins.length) return unusable('it names a package twice')
  const own = pins.find((pin) => pin.name === normalizeName(request.distribution))
  if (own === undefined || !sameVersion(own.version, request.version))
    return unusable('it speaks of another package or version')
  const found: Pin[] = []
  const { placed } = request
  const onIndex = placed === undefined ? pins : pins.filter((pin) => pin !== own)
  for (let first = 0; first < onIndex.length; first += AT_ONCE) {
    const some = onIndex.slice(first, first + AT_ONCE)
    found.push(
      ...(await Promise.all(some.map(async (pin) => ({ ...pin, hashes: await hashes(pin.name, pin.version) })))),
    )
  }
  const unknown = found.find((pin) => pin.hashes.length === 0)
  if (unknown !== undefined) return unusable(`the index has no files of ${unknown.name} ${unknown.version}`)
  const offered = new Set(found.find((pin) => pin.name === own.name)?.hashes)
  if (placed === undefined && request.files.some((hash) => !offered.has(hash)))
    return downloadRefusal(
      `the index offers other files of ${request.distribution} ${request.version} than those that were read.`,
    )
  const undeclared = request.undeclared.flatMap((line) => parseRequirement(line)?.name ?? [])
  const python = file.python.split('.').slice(0, 2).join('.')
  const isolated = file.isolated && { python, conflicts: file.isolated }
  return { ok: true, lock: renderLock(found, { isolated, undeclared, built: file.built, placed }) }
}

/** The measurement, when it speaks of what was asked and its driver calls nothing else; otherwise one that says why not. */
export function judgeMeasurement(
  { prepared, measurement, problem }: MeasureResult,
  { search }: MeasureRequest,
): Measurement {
  const refused = (why: string) => {
    const facts = { seconds: 0, ranOut: false, seen: [why], log: [] }
    return emptyMeasurement(search, prepared.ok ? prepared.python : 'none', 'import', facts)
  }
  if (!prepared.ok) return refused(prepared.message)
  if (problem !== undefined) return refused(`The measurement of the workflow was not taken: ${problem}.`)
  if (measurement === undefined) return refused('The workflow left no measurement.')
  for (const { distribution, version } of [measurement, measurement.driver ?? measurement])
    if (distribution !== search.distribution || version !== search.version)
      return refused('The result of the workflow speaks of another package and was not taken.')
  if (measurement.driver === undefined) return measurement
  const pins = new Set(prepared.pins.map((pin) => normalizeName(pin.name)))
  const foreign = foreignReference(measurement.driver, search, pins, statedOwners(prepared.modules))
  if (foreign === undefined) return measurement
  return refused(
    `The driver in the workflow's result calls ${printable(foreign, 100)}, which is no part of the package, and was not taken.`,
  )
}

/** The report, when it is of this commit, tree and backend and agrees with itself and with how the run ended. */
export function judgeReport(report: Report, job: TestJob, conclusion: string | undefined): Report {
  const { commit, tree, backend } = job
  if (report.commit !== commit || report.tree !== tree) return refusedReport(job, 'it is of another commit')
  if (report.backend !== backend) return refusedReport(job, 'it is of another backend')
  const count = (...kinds: string[]) => report.tests.filter((test) => kinds.includes(test.outcome)).length
  const counted = { passed: count('passed'), failed: count('failed', 'error'), skipped: count('skipped') }
  if (report.passed !== counted.passed || report.failed !== counted.failed || report.skipped !== counted.skipped)
    return refusedReport(job, 'its numbers are not those of its tests')
  if (counted.passed + counted.failed === 0) return refusedReport(job, 'no test ran')
  if (counted.failed === 0 && conclusion !== 'success')
    return refusedReport(job, `it says that all is well, but the run ended with ${conclusion ?? 'nothing'}`)
  return report
}

/** A report that is a failure: what the workflow left cannot be used. `why` is a clause of ours. */
export function refusedReport({ backend, commit, tree }: TestJob, why: string): Report {
  const message = `The report of the workflow was not taken: ${why}.`
  return {
    schema: 1,
    backend,
    commit,
    tree,
    passed: 0,
    failed: 1,
    skipped: 0,
    seconds: 0,
    tests: [{ category: 'run', name: 'report', outcome: 'error', seconds: 0, message }],
    containment: 'none',
  }
}

/** The refusal for a result of the workflow that cannot be used. `why` is a clause of ours. */
export function unusable(why: string): Extract<Prepared, { ok: false }> {
  const message = `What the workflow left cannot be used: ${why}. Look at its run, then ask again.`
  return { ok: false, reason: 'download', message }
}

function sameVersion(a: string, b: string): boolean {
  return a === b || (valid(a) !== null && valid(b) !== null && eq(a, b))
}
