/** The plan: what will be generated, for whom, and every file change, before anything is written. */
import { z } from 'zod'
import { driver } from './driver.ts'
import { measurement } from './measurement.ts'

/** Names of backends: what the registry and a Python package accept. */
export const backendName = z.string().regex(/^[a-z][a-z0-9_]{0,49}$/)

/** What a person chose, or what was derived; everything else is measured. */
export const backendOptions = z.strictObject({
  name: backendName,
  displayName: z.string().max(80),
  description: z.string().max(300),
  author: z.string().max(100),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
})
export type BackendOptions = z.infer<typeof backendOptions>

/** One file of a change. `content` null deletes the file. Text is UTF-8 and kept byte for byte (BOM, line ends). */
export const fileChange = z.strictObject({
  path: z.string().max(300),
  content: z.string().nullable(),
  why: z.string().max(300),
})
export type FileChange = z.infer<typeof fileChange>

export const CHANGE_KINDS = [
  'bridge',
  'discovery',
  'configuration',
  'adapter',
  'normalizer',
  'package',
  'requirements',
  'documentation',
  'tests',
  'form',
  'workflow',
  'revert',
] as const

export type ChangeKind = (typeof CHANGE_KINDS)[number]

/** One change = one commit. */
export const change = z.strictObject({
  id: z.string().regex(/^c\d+$/),
  kind: z.enum(CHANGE_KINDS),
  title: z.string().max(120),
  why: z.string().max(500),
  files: z.array(fileChange).min(1),
  /** Ids of changes this one cannot do without. */
  depends: z.array(z.string()),
})
export type Change = z.infer<typeof change>

export const verdict = z.enum(['integrated', 'integrated_with_limits', 'needs_answer', 'declined', 'failed'])
export type Verdict = z.infer<typeof verdict>

/** The target's facts that generation depends on. Read from files, never imported. */
export const target = z.strictObject({
  /** POSIX path of the backends package, e.g. `src/proxima/backends`. */
  backendsPath: z.string(),
  /** Import path of the same, e.g. `proxima.backends`. */
  backendsModule: z.string(),
  testsPath: z.string(),
  /** Names already taken in the registry or as a folder. */
  takenNames: z.array(z.string()),
  hasBridge: z.boolean(),
  hasDiscovery: z.boolean(),
  hasConfiguration: z.boolean(),
  /** Requirement strings that installing the target brings (PEP 508), and its Python range. */
  requirements: z.array(z.string()),
  requiresPython: z.string(),
})
export type Target = z.infer<typeof target>

export const plan = z.strictObject({
  schema: z.literal(1),
  backend: backendOptions,
  purl: z.string(),
  verdict,
  reason: z.string(),
  /** Where what a person said is not what was found or measured. */
  contradictions: z.array(z.string()).optional(),
  measurement: measurement.optional(),
  driver: driver.optional(),
  changes: z.array(change),
})
export type Plan = z.infer<typeof plan>
