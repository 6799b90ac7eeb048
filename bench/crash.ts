/**
 * `npm run bench:crash`: the server is killed (-9) before and after every write of one integration, with its queue kept and lost
 * in turn, and started again. The story goes on each time; in the end GitHub has to look as if nothing had happened: one branch, one pull
 * request, one status comment for each thread, the same trees. `--every N` takes each Nth point only and writes no results;
 * `--resume FILE` keeps each row in FILE as it comes, and does not play again what stands there.
 */
import { existsSync, readFileSync } from 'node:fs'
import { appendFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { createServices } from '../src/integration/services.ts'
import { type CrashPoint, playWithCrash } from '../test/e2e/github/crash.ts'
import { rememberingRunner } from '../test/e2e/github/remembering-runner.ts'

const LOCATOR = 'pkg:pypi/qulacs@0.6.14'
const RESULTS = join(import.meta.dirname, 'results')
const TARGET = join(import.meta.dirname, '..', 'templates', 'target')
/** The story waits more than it works. */
const AT_ONCE = 2 * Math.max(2, availableParallelism())
const LIMIT_SECONDS = 60

interface Row extends CrashPoint {
  readonly route: string
  readonly equal: boolean
  /** Absent where nothing was left to write. */
  readonly recoveredSeconds?: number
  readonly trouble?: string
}

const { values } = parseArgs({ options: { every: { type: 'string' }, resume: { type: 'string' } } })
const every = Number(values.every ?? 1)

// The tests' own cache: downloads and environments are not what is tried here.
const made = await createServices({ cacheDir: join(import.meta.dirname, '..', '.cache', 'e2e') })
const options = {
  services: { ...made, runner: rememberingRunner(made.runner) },
  target: TARGET,
  locator: LOCATOR,
}
const undisturbed = await playWithCrash(options)
const points = undisturbed.writes
  .flatMap((_, index) =>
    (['before', 'after'] as const).map(
      (when, side): CrashPoint => ({ write: index + 1, when, forget: (index + side) % 2 === 1 }),
    ),
  )
  .filter((_, index) => index % every === 0)

const { resume } = values
const rows: Row[] =
  resume === undefined || !existsSync(resume)
    ? []
    : readFileSync(resume, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Row)
const left = points.filter(
  ({ write, when, forget }) => !rows.some((row) => row.write === write && row.when === when && row.forget === forget),
)
async function work(): Promise<void> {
  for (let point = left.shift(); point !== undefined; point = left.shift()) {
    const row = await killedAt(point)
    rows.push(row)
    if (resume !== undefined) await appendFile(resume, `${JSON.stringify(row)}\n`)
    process.stderr.write(`${rows.length} of ${points.length}${row.equal ? '' : `: ${JSON.stringify(row)}`}\n`)
  }
}

async function killedAt(point: CrashPoint): Promise<Row> {
  const route = undisturbed.writes[point.write - 1] ?? ''
  try {
    const { outcome, crashes, recovered } = await playWithCrash(options, point)
    const equal = crashes === 1 && isDeepStrictEqual(outcome, undisturbed.outcome)
    return {
      ...{ ...point, route, equal },
      ...(recovered === undefined ? {} : { recoveredSeconds: Number(recovered.toFixed(2)) }),
      ...(equal ? {} : { trouble: JSON.stringify({ crashes, outcome }) }),
    }
  } catch (error) {
    return { ...point, route, equal: false, trouble: String(error) }
  }
}

const begin = performance.now()
await Promise.all(Array.from({ length: AT_ONCE }, work))
const minutes = (performance.now() - begin) / 60_000
rows.sort(
  (one, other) =>
    one.write - other.write || other.when.localeCompare(one.when) || Number(one.forget) - Number(other.forget),
)
const times = rows.flatMap(({ recoveredSeconds }) => recoveredSeconds ?? []).sort((one, other) => one - other)
const summary = {
  simulator: LOCATOR,
  writes: undisturbed.writes.length,
  kills: rows.length,
  equal: rows.filter(({ equal }) => equal).length,
  recoveredSeconds: { median: times[Math.floor(times.length / 2)], longest: times.at(-1), limit: LIMIT_SECONDS },
  // Of a run that was taken up again nobody knows how long the whole would have taken.
  ...(resume === undefined ? { minutes: Number(minutes.toFixed(1)) } : {}),
  boxesAtOnce: AT_ONCE,
}
const unequal = rows.filter(({ equal }) => !equal)
process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`)
if (every === 1) {
  await writeFile(join(RESULTS, 'crash.json'), `${JSON.stringify({ ...summary, rows }, null, 2)}\n`)
  await writeFile(join(RESULTS, 'crash.md'), table())
}
process.exitCode = unequal.length === 0 && (times.at(-1) ?? 0) <= LIMIT_SECONDS ? 0 : 1

function table(): string {
  const lines = rows.map(
    ({ write, route, when, forget, equal, recoveredSeconds }) =>
      `| ${write} | \`${route}\` | ${when} | ${forget ? 'lost' : 'kept'} | ${equal ? 'yes' : 'NO'} | ${recoveredSeconds?.toFixed(1) ?? '–'} |`,
  )
  return `# Killed before and after every write

\`npm run bench:crash\`: one integration of \`${LOCATOR}\` makes ${summary.writes} writes (refused ones included). The server was killed (-9)
before and after each of them, with its queue kept and lost in turn, and started again at once: ${summary.kills} stories, ${summary.equal} of them ended
like the one that nobody disturbed. "Outcome equal": the same branches with the same trees, the same commits, pull requests, comments of
Graft's and check runs, none of them twice. Seconds: from the kill to the next write of the process that came after it
(median ${summary.recoveredSeconds.median}, longest ${summary.recoveredSeconds.longest}; limit ${LIMIT_SECONDS}); "–": nothing was left to write.

| write | route | killed | queue | outcome equal | seconds to the next write |
|---:|---|---|---|---|---:|
${lines.join('\n')}
`
}
