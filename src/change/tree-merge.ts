/**
 * Three-way merge of the files of a commit: contents, modes, links, what is no text, and files that one side has renamed.
 *
 * A side that has left a file as it was takes what the other made of it, whatever it is. Only where both edited it the content
 * has to be text.
 */
import { type Files, sameVersion, type Version, versionOf } from './files.ts'
import { type LineRange, merge } from './merge.ts'
import { findRenamed } from './renames.ts'

/** What was edited on both sides in different ways. */
export interface TreeConflict {
  /** At the base. */
  readonly path: string
  /** Where ours has it now. */
  readonly ours: string
  /** Of the file at the base; undefined where the whole file is in question. */
  readonly range: LineRange | undefined
}

export interface TreeMerge {
  /** What becomes of ours, undefined for a file that goes. Nothing but differences. */
  readonly edits: ReadonlyMap<string, Version | undefined>
  readonly conflicts: readonly TreeConflict[]
}

/** Modes of plain files; links and submodules are never merged. */
const PLAIN = new Set(['100644', '100755'])

/**
 * Applies to `ours` what `theirs` changed in `base`.
 *
 * @param paths those that differ between base and theirs
 */
export async function mergeTrees(
  base: Files,
  ours: Files,
  theirs: Files,
  paths: readonly string[],
): Promise<TreeMerge> {
  const edits = new Map<string, Version | undefined>()
  const conflicts: TreeConflict[] = []
  const open = new Set(paths)
  for (const step of [
    ...(await renamedByTheirs(base, ours, theirs, paths)),
    ...(await renamedByOurs(base, ours, paths)),
  ]) {
    if (!open.delete(step.from)) continue
    open.delete(step.to)
    const outcome = await mergeFile(base.get(step.from), ours.get(step.ours), theirs.get(step.theirs))
    // A file that one side has renamed and the other deleted: git does not know either which of them is meant.
    const lost = outcome.version === undefined
    const taken = step.to !== step.ours && ours.has(step.to)
    if (lost || taken) {
      const ranges = lost && outcome.ranges.length > 0 ? outcome.ranges : [undefined]
      conflicts.push(...ranges.map((range) => ({ path: step.from, ours: step.ours, range })))
      continue
    }
    if (step.to !== step.ours) edits.set(step.ours, undefined)
    edits.set(step.to, outcome.version)
  }
  for (const path of paths) {
    if (!open.has(path)) continue
    const outcome = await mergeFile(base.get(path), ours.get(path), theirs.get(path))
    if (outcome.ranges.length === 0) edits.set(path, outcome.version)
    else conflicts.push(...outcome.ranges.map((range) => ({ path, ours: path, range })))
  }
  for (const [path, version] of edits) if (sameVersion(ours.get(path), version)) edits.delete(path)
  conflicts.push(...blocked(ours, edits))
  return { edits, conflicts }
}

interface Rename {
  /** At the base. */
  readonly from: string
  readonly ours: string
  readonly theirs: string
  /** Where the result is put. */
  readonly to: string
}

/** Files that theirs moves, where ours has edited them meanwhile: the edit moves with them. */
async function renamedByTheirs(base: Files, ours: Files, theirs: Files, paths: readonly string[]): Promise<Rename[]> {
  const edited = (path: string) => ours.has(path) && !sameVersion(ours.get(path), base.get(path))
  const gone = paths.filter((path) => base.has(path) && !theirs.has(path) && edited(path))
  const fresh = paths.filter((path) => !base.has(path) && theirs.has(path))
  const found = await findRenamed(gone, fresh, base, theirs)
  return [...found].map(([from, to]) => ({ from, ours: from, theirs: to, to }))
}

/** Files that ours has moved: what theirs makes of them is made where they are now. */
async function renamedByOurs(base: Files, ours: Files, paths: readonly string[]): Promise<Rename[]> {
  const gone = paths.filter((path) => base.has(path) && !ours.has(path))
  if (gone.length === 0) return []
  const fresh = [...ours.keys()].filter((path) => !base.has(path))
  const found = await findRenamed(gone, fresh, base, ours)
  return [...found].map(([from, to]) => ({ from, ours: to, theirs: from, to }))
}

interface FileOutcome {
  readonly version: Version | undefined
  /** Of the base, in conflict; undefined: all of it. Empty: none. */
  readonly ranges: readonly (LineRange | undefined)[]
}

async function mergeFile(
  base: Version | undefined,
  ours: Version | undefined,
  theirs: Version | undefined,
): Promise<FileOutcome> {
  if (sameVersion(ours, base) || sameVersion(ours, theirs)) return { version: theirs, ranges: [] }
  if (sameVersion(theirs, base)) return { version: ours, ranges: [] }
  const whole = { version: undefined, ranges: [undefined] }
  if (base === undefined || ours === undefined || theirs === undefined) return whole
  const mode = either(base.mode, ours.mode, theirs.mode)
  if (mode === undefined) return whole
  const object = either(base.object, ours.object, theirs.object)
  const kept = [ours, theirs].find((one) => one.object === object)
  if (kept !== undefined) return { version: { ...kept, mode }, ranges: [] }
  if (![base, ours, theirs].every((one) => PLAIN.has(one.mode))) return whole
  const [before, mine, other] = [await base.text(), await ours.text(), await theirs.text()]
  if (before === undefined || mine === undefined || other === undefined) return whole
  const merged = merge(before, mine, other)
  if (merged.type === 'conflict') return { version: undefined, ranges: merged.conflicts.map((one) => one.wanted) }
  return { version: versionOf(merged.content ?? '', mode), ranges: [] }
}

/** What one side has made of a value that the other left, or both alike; undefined when they differ. */
function either(base: string, ours: string, theirs: string): string | undefined {
  if (ours === base || ours === theirs) return theirs
  return theirs === base ? ours : undefined
}

/** A file cannot be where a folder is, nor below a file. */
function blocked(ours: Files, edits: ReadonlyMap<string, Version | undefined>): TreeConflict[] {
  const fresh = [...edits].flatMap(([path, version]) => (version !== undefined && !ours.has(path) ? [path] : []))
  if (fresh.length === 0) return []
  const there = [...ours.keys(), ...fresh].filter((path) => !edits.has(path) || edits.get(path) !== undefined)
  const files = new Set(there)
  return fresh.flatMap((path) => {
    const above = path.split('/').map((_, index, parts) => parts.slice(0, index).join('/'))
    const other = above.find((folder) => files.has(folder)) ?? there.find((one) => one.startsWith(`${path}/`))
    return other === undefined ? [] : [{ path, ours: other, range: undefined }]
  })
}
