/** One row of the population's results: what became of one package. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { gateReach } from '../../src/generate/gate-reach.ts'
import type { Thread } from '../../src/integration/thread.ts'
import type { Judgement } from '../../src/integration/verdict.ts'
import { GATE_NAMES } from '../../src/values/gates.ts'
import { conventions, STAGES } from '../../src/values/measurement.ts'
import { verdict } from '../../src/values/plan.ts'
import type { Entry } from './list.ts'

const count = z.int().min(0)

export const row = z.strictObject({
  package: z.string(),
  /** Absent where the index has no such package. */
  version: z.string().optional(),
  /** `driver`: search and measurement alone; `whole`: to the tested backend, looked at independently. */
  way: z.enum(['driver', 'whole']),
  /** `error`: the bench or Graft has a defect. */
  verdict: z.union([verdict, z.literal('error')]),
  /** The verdict and its reason are those that the list expects. */
  expected: z.boolean(),
  reason: z.string(),
  limits: z.array(z.string()),
  /** Gates and conventions that an independent check found wrong. */
  wrong: z.array(z.string()),
  stage: z.union([z.enum(STAGES), z.literal('none')]),
  /** Hash of the probe that measured. */
  probe: z.string().optional(),
  objects: count,
  runs: count,
  evaluations: count,
  /** The search or the measurement ended by its wall clock. */
  ran_out: z.boolean(),
  /** Seconds of each stage. */
  seconds: z.record(z.string(), z.number()),
  /** Gates measured right on native calls, written with those, not available, and natively there but not found. */
  native: z.array(z.string()),
  lowered: z.array(z.string()),
  refused: z.array(z.string()),
  missing: z.array(z.string()),
  conventions: conventions.optional(),
  layouts: z.array(z.string()),
  log: z.array(z.string()),
  /** Modules that are imported and neither declared nor installed. */
  undeclared: z.array(z.string()),
  tests: z.strictObject({ passed: count, failed: count, skipped: count }).optional(),
  /** Independent random circuits that ran through the adapter. */
  circuits: count.optional(),
  lines: z.strictObject({ adapter: count, normalizer: count }).optional(),
  /** Time of the adapter over the time of the native call, at n qubits. */
  cost: z.strictObject({ qubits: count, adapter_ms: z.number(), native_ms: z.number(), ratio: z.number() }).optional(),
  /** Bytes of the files that were downloaded to be read. */
  bytes: count,
  /** What a person had to say: a build that was allowed, requirements that were named. */
  said: z.array(z.string()),
})
export type Row = z.infer<typeof row>

/** What is known of one package after its walk. */
export interface Walked {
  readonly thread?: Thread | undefined
  readonly judgement?: Judgement | undefined
  /** Why the walk ended early: a refusal with a sentence, or a defect. */
  readonly refusal?: { readonly message: string; readonly defect: boolean } | undefined
  readonly seconds: Readonly<Record<string, number>>
}

/** The row of a walk; what only the independent check knows is added by whoever makes it. */
export async function rowOf(entry: Entry, walked: Walked, templatesDir: string, way: Row['way']): Promise<Row> {
  const { thread, judgement, refusal } = walked
  const measurement = thread?.measurement
  const right: string[] = (measurement?.gates ?? []).filter((gate) => gate.outcome === 'right').map((gate) => gate.gate)
  const reach =
    measurement?.driver !== undefined && measurement.conventions !== undefined
      ? await gateReach(templatesDir, measurement)
      : { runnable: [], refused: [...GATE_NAMES] }
  // What cannot be fetched at all is refused before there is anything to judge.
  const reached = judgement?.verdict ?? (refusal?.defect === false ? 'declined' : 'error')
  // Where the index is, is this machine's business.
  const reason = (judgement?.reason ?? refusal?.message ?? '').replace(/ ?https?:\/\/\S+/g, '')
  const said = [...(entry.build ? ['the build is allowed'] : []), ...(entry.answer ?? []).map((name) => `with ${name}`)]
  return {
    package: entry.package,
    ...(thread?.snapshot === undefined ? {} : { version: thread.snapshot.version }),
    way,
    verdict: reached,
    expected: isExpected(entry, reached, reason),
    reason,
    limits: [...(judgement?.limits ?? [])],
    wrong: [],
    stage: measurement?.stage ?? 'none',
    ...(measurement === undefined ? {} : { probe: measurement.probe }),
    objects: measurement?.tried.objects ?? 0,
    runs: measurement?.tried.runs ?? 0,
    evaluations: measurement?.tried.evaluations ?? 0,
    ran_out: measurement?.tried.ran_out ?? false,
    seconds: { ...walked.seconds },
    native: right,
    lowered: GATE_NAMES.filter((gate) => reach.runnable.includes(gate) && !right.includes(gate)),
    refused: [...reach.refused],
    missing: (entry.native ?? []).filter((gate) => !right.includes(gate)),
    ...(measurement?.conventions === undefined ? {} : { conventions: measurement.conventions }),
    layouts: [...(measurement?.layouts ?? [])],
    log: [...(measurement?.log ?? [])],
    undeclared: [...(measurement?.missing_modules ?? [])],
    ...testsOf(thread),
    ...linesOf(thread),
    bytes: (thread?.snapshot?.trees ?? []).reduce((sum, tree) => sum + tree.artifact.bytes, 0),
    said,
  }
}

function isExpected(entry: Entry, reached: Row['verdict'], reason: string): boolean {
  const same = entry.expect === 'integrated' ? reached.startsWith('integrated') : reached === entry.expect
  return same && (entry.says === undefined || new RegExp(entry.says, 'i').test(reason))
}

function testsOf(thread: Thread | undefined): Pick<Row, 'tests'> {
  if (thread?.report === undefined) return {}
  const { passed, failed, skipped } = thread.report
  return { tests: { passed, failed, skipped } }
}

/** Lines of code that a reviewer reads; docstrings and comments are part of it. */
function linesOf(thread: Thread | undefined): Pick<Row, 'lines'> {
  const files = (thread?.changes ?? []).flatMap((change) => change.files)
  const lines = (name: string) => {
    const file = files.find(({ path }) => path.endsWith(`/${thread?.backend?.name}/${name}`))
    return file?.content?.trimEnd().split('\n').length ?? 0
  }
  return lines('adapter.py') === 0
    ? {}
    : { lines: { adapter: lines('adapter.py'), normalizer: lines('normalizer.py') } }
}

/** The rows of a file, none where there is no such file. */
export function readRows(path: string): Row[] {
  try {
    return z.array(row).parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
