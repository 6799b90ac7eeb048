/**
 * `npm run bench:story`: one request from its issue to the verified merge on the embedded GitHub with a real simulator. Counts what
 * the App writes, and takes the time that is its own: from the filing of the issue to the pull request, without what the
 * runner needs for environment and measuring and without reading from the package index.
 */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStage } from '../src/cli/demo/stage.ts'
import { playStory } from '../src/cli/demo/story.ts'
import type { Exchange } from '../src/embedded/embedded.ts'
import { createServices } from '../src/integration/services.ts'
import { fetchSource } from '../src/integration/steps.ts'
import type { Runner } from '../src/simulator/runner.ts'
import { parseMarker } from '../src/values/marker.ts'

const LOCATOR = 'qulacs'
const RESULT = join(import.meta.dirname, 'results', 'story.json')
const LIMITS = { writesBesideChanges: 17, notifying: 5, secondsBetweenEdits: 10, ownSeconds: 5 }

/** Adds up the seconds that a runner spends on environment and measuring. */
function timed(runner: Runner): { readonly runner: Runner; readonly seconds: () => number } {
  let seconds = 0
  const clock = async <T>(work: Promise<T>): Promise<T> => {
    const begin = performance.now()
    const value = await work
    seconds += (performance.now() - begin) / 1000
    return value
  }
  return {
    runner: {
      prepare: (job, onProgress) => clock(runner.prepare(job, onProgress)),
      measure: (job, onProgress) => clock(runner.measure(job, onProgress)),
      test: (job, onProgress) => runner.test(job, onProgress),
    },
    seconds: () => seconds,
  }
}

const isWrite = ({ method, actor, status }: Exchange) =>
  method !== 'GET' && actor.startsWith('installation:') && status < 400

/** New comments and pull requests: what GitHub sends a mail about. */
const notifies = ({ method, route }: Exchange) =>
  method === 'POST' && /\/(comments|pulls|issues|reviews)$/.test(route ?? '')

const folder = await mkdtemp(join(tmpdir(), 'graft-bench-story-'))
try {
  const target = join(folder, 'target')
  await cp(join(import.meta.dirname, '..', 'templates', 'target'), target, { recursive: true })
  const services = await createServices()
  // Both from a warm cache: downloads and environments are not what is measured here.
  const begin = performance.now()
  await fetchSource(LOCATOR, services)
  const fetchSeconds = (performance.now() - begin) / 1000
  const clock = timed(services.runner)
  const stage = await openStage({
    folder,
    target,
    services,
    port: 0,
    requester: 'write',
    embedded: { runner: clock.runner },
  })
  const marks = new Map<string, { readonly at: number; readonly runner: number }>()
  try {
    const ending = await playStory(stage, LOCATOR, ({ title }) =>
      marks.set(/^#\d+/.exec(title)?.[0] ?? title, { at: performance.now(), runner: clock.seconds() }),
    )
    await stage.github.idle()
    const filed = stage.github.exchanges.findIndex(({ path }) =>
      path.startsWith(`/repos/proxima-lab/proxima/issues/${ending.issue}`),
    )
    const writes = stage.github.exchanges.slice(filed).filter(isWrite)
    const changes = writes.filter(({ route }) => route?.endsWith('/git/commits')).length - 1
    const edits = writes.filter(
      ({ method, requestBody }) =>
        method === 'PATCH' &&
        parseMarker((requestBody as { body?: string } | undefined)?.body ?? '')?.kind === 'status',
    )
    const spacing = edits.slice(1).map(({ at }, index) => (at - (edits[index]?.at ?? 0)) / 1000)
    const [issue, pull] = [marks.get(`#${ending.issue}`), marks.get(`#${ending.pull}`)]
    if (issue === undefined || pull === undefined)
      throw new Error('The story did not tell of its issue and its pull request.')
    const issueToPull = (pull.at - issue.at) / 1000
    const result = {
      simulator: LOCATOR,
      changes,
      writes: writes.length,
      writesBesideChanges: writes.length - 2 * changes,
      byRoute: Object.fromEntries(
        [...Map.groupBy(writes, ({ method, route }) => `${method} ${route}`)].map(([key, all]) => [key, all.length]),
      ),
      notifying: writes.filter(notifies).length,
      blobs: writes.filter(({ route }) => route?.endsWith('/git/blobs')).length,
      statusEdits: edits.length,
      shortestSecondsBetweenEdits: spacing.length === 0 ? null : Math.min(...spacing),
      seconds: {
        issueToPull,
        environmentAndMeasuring: pull.runner - issue.runner,
        fetchFromWarmCache: fetchSeconds,
        own: issueToPull - (pull.runner - issue.runner),
        issueToTestedPull: ending.seconds,
      },
      limits: LIMITS,
    }
    await writeFile(RESULT, `${JSON.stringify(result, null, 2)}\n`)
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
    const kept =
      result.writesBesideChanges <= LIMITS.writesBesideChanges &&
      result.notifying <= LIMITS.notifying &&
      result.blobs === 0 &&
      result.seconds.own <= LIMITS.ownSeconds &&
      (result.shortestSecondsBetweenEdits ?? Number.POSITIVE_INFINITY) >= LIMITS.secondsBetweenEdits
    process.exitCode = kept ? 0 : 1
  } finally {
    await stage.close()
  }
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
}
