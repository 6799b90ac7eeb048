/** Routes of check runs. Only Apps make them, and only the App that made one changes it. */
import { z } from 'zod'
import { ApiError, invalid, notFound, page } from '../answers.ts'
import { tellCheck } from '../check-changes.ts'
import type { CheckRun } from '../entities.ts'
import { checkRunView } from '../views/check.ts'
import type { Answer, Call, Permission, Route } from '../world.ts'

const READ: Permission = { name: 'checks', level: 'read' }
const WRITE: Permission = { name: 'checks', level: 'write' }
const MOST_TEXT = 65_535

/** As GitHub words what is too long or too many. */
const most = (limit: number, what: 'characters' | 'items') => ({
  error: (issue: { input?: unknown }) => {
    const size = typeof issue.input === 'string' || Array.isArray(issue.input) ? issue.input.length : 0
    return `Only ${limit} ${what} are allowed; ${size} were supplied.`
  },
})
const text = (limit: number) => z.string().max(limit, most(limit, 'characters'))

const time = z.iso.datetime({ offset: true })
const fields = z.object({
  name: z.string().min(1).optional(),
  details_url: z.string().optional(),
  external_id: z.string().optional(),
  status: z.enum(['queued', 'in_progress', 'completed']).optional(),
  started_at: time.optional(),
  conclusion: z
    .enum(['success', 'failure', 'neutral', 'cancelled', 'skipped', 'timed_out', 'action_required'])
    .optional(),
  completed_at: time.optional(),
  output: z
    .object({ title: z.string().optional(), summary: text(MOST_TEXT), text: text(MOST_TEXT).optional() })
    .optional(),
  actions: z
    .array(z.object({ label: text(20), description: text(40), identifier: text(20) }))
    .max(3, most(3, 'items'))
    .optional(),
})
const creation = fields.extend({ name: z.string().min(1), head_sha: z.string() })

type Fields = z.infer<typeof fields>

const RUNS = '/repos/{owner}/{repo}/check-runs'

export const checkRoutes: readonly Route[] = [
  { method: 'POST', path: RUNS, access: WRITE, handler: create },
  {
    method: 'GET',
    path: `${RUNS}/{check_run_id}`,
    access: READ,
    handler: (call) => shown(call, runOf(call)),
  },
  { method: 'PATCH', path: `${RUNS}/{check_run_id}`, access: WRITE, handler: update },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits/{ref}/check-runs',
    access: READ,
    async handler(call) {
      const sha = await call.world.git.resolve(call.repository, call.params.ref ?? '')
      if (sha === undefined) throw invalid(`No commit found for SHA: ${call.params.ref}`)
      return list(call, (run) => run.headSha === sha)
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs',
    access: READ,
    handler(call) {
      const suite = call.number('check_suite_id')
      return list(call, (run) => run.suite === suite)
    },
  },
]

function shown(call: Call, run: CheckRun, status = 200): Answer {
  return { status, body: checkRunView(call.world, call.repository, run) }
}

function runOf(call: Call): CheckRun {
  const run = call.repository.checkRuns.get(call.number('check_run_id'))
  if (run === undefined) throw notFound()
  return run
}

function list(call: Call, chosen: (run: CheckRun) => boolean): Answer {
  const { world, repository, query } = call
  const [name, status, appId] = [query.get('check_name'), query.get('status'), query.get('app_id')]
  const views = [...repository.checkRuns.values()]
    .filter(chosen)
    .filter((run) => name === null || run.name === name)
    .filter((run) => status === null || run.status === status)
    .reverse()
    .map((run) => checkRunView(world, repository, run))
    .filter((view) => appId === null || String(view.app?.id) === appId)
  const newest = new Map(views.toReversed().map((view) => [`${view.app?.id} ${view.name}`, view.id]))
  const latest = views.filter((view) => newest.get(`${view.app?.id} ${view.name}`) === view.id)
  const listed = query.get('filter') === 'all' ? views : latest
  return page(call, listed, (runs) => ({ total_count: listed.length, check_runs: runs }))
}

function onlyApps(call: Call): void {
  if (call.actor.kind !== 'installation') throw new ApiError(403, 'You must authenticate via a GitHub App.')
}

async function create(call: Call): Promise<Answer> {
  onlyApps(call)
  const { world, repository } = call
  const input = call.parse(creation)
  const sha = await world.git.resolve(repository, input.head_sha)
  if (sha === undefined) throw invalid(`No commit found for SHA: ${input.head_sha}`)
  const sibling = [...repository.checkRuns.values()].find((run) => run.headSha === sha && run.app === 'ours')
  const run: CheckRun = {
    id: world.id(),
    suite: sibling?.suite ?? world.id(),
    name: input.name,
    headSha: sha,
    app: 'ours',
    externalId: null,
    detailsUrl: null,
    status: 'queued',
    conclusion: null,
    startedAt: world.now(),
    completedAt: null,
    output: { title: null, summary: null, text: null },
    actions: [],
  }
  change(call, run, input)
  repository.checkRuns.set(run.id, run)
  tellCheck(world, repository, run, 'created', call.account)
  if (run.status === 'completed') tellCheck(world, repository, run, 'completed', call.account)
  return shown(call, run, 201)
}

function update(call: Call): Answer {
  onlyApps(call)
  const run = runOf(call)
  if (run.app !== 'ours')
    throw new ApiError(
      403,
      'Invalid app_id `15368` - check run can only be modified by the GitHub App that created it.',
    )
  const before = run.status
  change(call, run, call.parse(fields))
  if (run.status === 'completed' && before !== 'completed') {
    tellCheck(call.world, call.repository, run, 'completed', call.account)
  }
  return shown(call, run)
}

/** A conclusion completes the run; a run that is set going again loses its conclusion. */
function change(call: Call, run: CheckRun, input: Fields): void {
  const status = input.status ?? (input.conclusion === undefined ? run.status : 'completed')
  if (status === 'completed' && input.conclusion === undefined && run.conclusion === null) {
    throw invalid("Invalid request.\n\nFor 'allOf/0', \"conclusion\" wasn't supplied.")
  }
  run.name = input.name ?? run.name
  run.externalId = input.external_id ?? run.externalId
  run.detailsUrl = input.details_url ?? run.detailsUrl
  run.startedAt = input.started_at ?? run.startedAt
  run.status = status
  run.conclusion = status === 'completed' ? (input.conclusion ?? run.conclusion) : null
  run.completedAt = status === 'completed' ? (input.completed_at ?? run.completedAt ?? call.world.now()) : null
  if (input.output !== undefined) {
    const { title = null, summary, text: more = null } = input.output
    run.output = { title, summary, text: more }
  }
  run.actions = input.actions ?? run.actions
}
