/** A source that was fetched, checked and unpacked: read-only files, pinned by hash. */
import { z } from 'zod'

export const artifact = z.strictObject({
  filename: z.string().max(300),
  kind: z.enum(['wheel', 'sdist']),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().min(0),
})
export type Artifact = z.infer<typeof artifact>

export const sourceFile = z.strictObject({
  /** POSIX path relative to the tree's root, never absolute, never with `..`. */
  path: z.string().max(500),
  bytes: z.int().min(0),
})

/** The unpacked content of one artifact. A wheel has what is installed; an sdist also has tests, docs and examples. */
export const sourceTree = z.strictObject({
  artifact,
  root: z.string(),
  files: z.array(sourceFile),
  /**
   * Files left out of the tree with the reason (too large, not text). Never silently. A compiled module has the reason
   * `compiled`: its content is not kept, but its name is a fact.
   */
  skipped: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
})
export type SourceTree = z.infer<typeof sourceTree>

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
/** POSIX path of plain parts: nothing that leads out of a folder, nothing that is hidden from the eye. */
const plainPath = z
  .string()
  .max(300)
  .regex(/^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.+@ ()~-]+(?:\/[\w.+@ ()~-]+)*$/)

/** Where a package comes from that no index has. */
export const origin = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('git'),
    url: z
      .string()
      .max(200)
      .regex(/^https:\/\/[\w.-]+(?::\d{1,5})?(?:\/[\w.~+-]+)+$/),
    commit: z.string().regex(/^[0-9a-f]{40}$/),
    /** Folder in the repository that holds the package; absent for the repository itself. */
    folder: plainPath.optional(),
  }),
  /** A folder of the target repository itself. */
  z.strictObject({ kind: z.literal('target'), folder: plainPath }),
  /** A folder of one machine: nobody else can fetch it, and its path is nobody else's business. */
  z.strictObject({ kind: z.literal('directory') }),
])
export type Origin = z.infer<typeof origin>

/**
 * A package that no index has, pinned by the hash of each of its files. Nothing of it is built: the files of its modules are put
 * into an environment as they are. It stands in the backend's folder as `source.json`.
 */
export const placed = z.strictObject({
  schema: z.literal(1),
  name: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/),
  version: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.!+_-]{0,99}$/),
  requiresPython: z.string().max(200),
  /** What it declares to need (PEP 508), as it is written there. */
  requires: z.array(z.string().max(500)).max(300),
  origin,
  /** What comes before an importable path in the origin's folder: empty, or `src`. */
  base: z.union([z.literal(''), plainPath]),
  /** Files of the modules as they are imported (below `base` in the origin), sorted. */
  files: z
    .array(z.strictObject({ path: plainPath, sha256 }))
    .min(1)
    .max(3000),
})
export type Placed = z.infer<typeof placed>

/** A distribution whose modules are those of a package that has none itself. */
export const brought = z.strictObject({
  distribution: z.string(),
  version: z.string(),
  requiresDist: z.array(z.string()),
  tree: sourceTree,
})
export type Brought = z.infer<typeof brought>

export const snapshot = z.strictObject({
  schema: z.literal(1),
  /** Canonical package URL with version: `pkg:pypi/name@1.2.3`; of other origins `pkg:github/…` or `pkg:generic/…`. */
  purl: z.string(),
  /** Distribution name as the index spells it, and normalised (PEP 503). */
  distribution: z.string(),
  normalizedName: z.string(),
  version: z.string(),
  summary: z.string(),
  licence: z.string(),
  requiresPython: z.string(),
  requiresDist: z.array(z.string()),
  /** The long description, usually the README. Foreign Markdown or reStructuredText. */
  description: z.string().max(200_000).optional(),
  yanked: z.string().optional(),
  /** The newest version, where it has no wheel for this Python and this one is the newest that has one. */
  newerWithoutWheel: z.string().optional(),
  /** Whether a wheel fits this machine (platform and Python); without one a build would be needed. */
  wheelAvailable: z.boolean(),
  projectUrls: z.record(z.string(), z.string()),
  trees: z.array(sourceTree).min(1),
  /** Only for a package without a module of its own: what it requires, as far as it was read. */
  brings: z.array(brought).optional(),
  /** Only for a package that no index has: its first tree then holds exactly these files. */
  placed: placed.optional(),
})
export type Snapshot = z.infer<typeof snapshot>
