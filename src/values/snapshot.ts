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

export const snapshot = z.strictObject({
  schema: z.literal(1),
  /** Canonical package URL with version: `pkg:pypi/name@1.2.3`. */
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
  /** Whether a wheel fits this machine (platform and Python); without one a build would be needed. */
  wheelAvailable: z.boolean(),
  projectUrls: z.record(z.string(), z.string()),
  trees: z.array(sourceTree).min(1),
})
export type Snapshot = z.infer<typeof snapshot>
