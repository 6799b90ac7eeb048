/**
 * Webhooks as hints: which integration is to be looked at again. Pure; nothing of a payload is believed beyond that, as the
 * job reads from GitHub what is true now.
 */
import type { z } from 'zod'
import { CHECK_NAME } from '../integration/hub.ts'
import type { JobKey } from '../queue/queue.ts'
import { parseIntegrationBranch, parseJobBranch, SETUP_BRANCH } from '../values/branches.ts'
import type { Intent } from '../values/intent.ts'
import { intent as intentSchema } from '../values/intent.ts'
import {
  checkRunPayload,
  checkSuitePayload,
  installationPayload,
  installationRepositoriesPayload,
  issuePayload,
  mergeGroupPayload,
  pullPayload,
  pushPayload,
  repositoryPayload,
  workflowRunPayload,
} from './events/payloads.ts'
import type { AppIdentity } from './github/facts.ts'

export interface JobRequest {
  readonly key: JobKey
  readonly intents: readonly Intent[]
}

/** What a delivery asks for, or why it asks for nothing. */
export type Translation =
  | { readonly jobs: readonly JobRequest[] }
  | { readonly ignored: 'unknown_event' | 'unknown_shape' | 'irrelevant' | 'echo' }

const IRRELEVANT: Translation = { ignored: 'irrelevant' }
const ECHO: Translation = { ignored: 'echo' }

type Common = z.infer<typeof repositoryPayload>
type Handler = (payload: unknown, app: AppIdentity, delivery: string) => Translation

const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  [
    'issues',
    on(issuePayload, ['opened', 'edited', 'closed', 'reopened', 'labeled', 'deleted', 'transferred'], (event, app) =>
      // Our own label says nothing new; that we closed or edited an issue does not happen.
      event.action === 'labeled' && isOurs(event, app) ? ECHO : jobs(event, [`issue:${event.issue.number}`]),
    ),
  ],
  [
    'issue_comment',
    on(issuePayload, ['created', 'edited', 'deleted'], (event, app) => {
      if (isOurs(event, app) && event.action !== 'deleted') return ECHO
      const { number, pull_request } = event.issue
      // The payload does not name the pull request's branch, so the job finds out whose it is.
      return jobs(event, [pull_request === undefined ? `issue:${number}` : `pull:${number}`])
    }),
  ],
  [
    'pull_request',
    on(pullPayload, ['opened', 'edited', 'closed', 'reopened', 'synchronize', 'ready_for_review'], (event, app) => {
      if (event.action === 'edited' && isOurs(event, app)) return ECHO
      const subject = subjectOfPull(event)
      // A foreign pull request needs one thing only: that our check does not hold it up while it is open.
      return subject.startsWith('pull:') && event.action === 'closed' ? IRRELEVANT : jobs(event, [subject])
    }),
  ],
  [
    'pull_request_review',
    on(pullPayload, ['submitted', 'edited', 'dismissed'], (event) => {
      const subject = subjectOfPull(event)
      return subject.startsWith('issue:') ? jobs(event, [subject]) : IRRELEVANT
    }),
  ],
  ['push', on(pushPayload, undefined, (event, app) => pushed(event, app))],
  [
    'workflow_run',
    on(workflowRunPayload, ['requested', 'in_progress', 'completed'], (event) => {
      const { head_branch, head_repository } = event.workflow_run
      // A fork may call its branch what it likes.
      if (head_branch === null || head_repository?.full_name !== event.repository.full_name) return IRRELEVANT
      const issue = issueOfBranch(head_branch)
      return issue === undefined ? IRRELEVANT : jobs(event, [`issue:${issue}`])
    }),
  ],
  [
    'check_run',
    on(checkRunPayload, ['rerequested', 'requested_action'], (event, app, delivery) => {
      const { name, head_sha, check_suite, pull_requests, app: owner } = event.check_run
      if (name !== CHECK_NAME || owner?.id !== app.id) return IRRELEVANT
      const button = event.action === 'rerequested' ? 'retest' : event.requested_action?.identifier
      return pressed(event, delivery, button, { head_sha, head_branch: check_suite.head_branch, pull_requests })
    }),
  ],
  [
    // "Re-run all checks" comes as this.
    'check_suite',
    on(checkSuitePayload, ['rerequested'], (event, app, delivery) =>
      event.check_suite.app?.id === app.id ? pressed(event, delivery, 'retest', event.check_suite) : IRRELEVANT,
    ),
  ],
  [
    'merge_group',
    on(mergeGroupPayload, ['checks_requested'], (event) => jobs(event, [`group:${event.merge_group.head_sha}`])),
  ],
  [
    'repository',
    on(repositoryPayload, ['renamed', 'transferred', 'unarchived', 'edited'], (event) => jobs(event, ['sweep'])),
  ],
  [
    'installation',
    on(installationPayload, ['created', 'unsuspend', 'new_permissions_accepted'], (event) =>
      everyRepository(event.installation.id, event.repositories ?? [], event.action === 'created' ? 'setup' : 'sweep'),
    ),
  ],
  [
    'installation_repositories',
    on(installationRepositoriesPayload, ['added'], (event) =>
      everyRepository(event.installation.id, event.repositories_added, 'setup'),
    ),
  ],
])

/**
 * What a delivery asks for. Unknown events and payloads of another shape ask for nothing; the caller logs that.
 *
 * @param delivery The delivery's id, which the press of a button is known by.
 */
export function translateEvent(event: string, payload: unknown, app: AppIdentity, delivery: string): Translation {
  return HANDLERS.get(event)?.(payload, app, delivery) ?? { ignored: 'unknown_event' }
}

/** A handler of some actions (undefined: the event has none) of one event. */
function on<T extends { action?: string | undefined }>(
  schema: z.ZodType<T>,
  actions: readonly string[] | undefined,
  translate: (event: T, app: AppIdentity, delivery: string) => Translation,
): Handler {
  return (payload, app, delivery) => {
    const parsed = schema.safeParse(payload)
    if (!parsed.success) return { ignored: 'unknown_shape' }
    if (actions !== undefined && !actions.includes(parsed.data.action ?? '')) return IRRELEVANT
    return translate(parsed.data, app, delivery)
  }
}

function isOurs({ sender }: Common, app: AppIdentity): boolean {
  return sender.type === 'Bot' && sender.login === `${app.slug}[bot]`
}

function keyOf(installation: number, fullName: string, subject: string): JobKey {
  const [owner = '', repository = ''] = fullName.split('/')
  return { installation, owner, repository, subject }
}

function jobs(event: Common, subjects: readonly string[], intents: readonly Intent[] = []): Translation {
  return {
    jobs: subjects.map((subject) => ({
      key: keyOf(event.installation.id, event.repository.full_name, subject),
      intents,
    })),
  }
}

function everyRepository(
  installation: number,
  repositories: readonly { readonly full_name: string }[],
  subject: string,
): Translation {
  if (repositories.length === 0) return IRRELEVANT
  return { jobs: repositories.map(({ full_name }) => ({ key: keyOf(installation, full_name, subject), intents: [] })) }
}

function subjectOfPull(event: z.infer<typeof pullPayload>): string {
  const { number, head } = event.pull_request
  if (head.repo?.full_name === event.repository.full_name) {
    if (head.ref === SETUP_BRANCH) return 'setup'
    const issue = parseIntegrationBranch(head.ref)?.issue
    if (issue !== undefined) return `issue:${issue}`
  }
  return `pull:${number}`
}

function issueOfBranch(name: string): number | undefined {
  return parseIntegrationBranch(name)?.issue ?? parseJobBranch(name)?.issue
}

function pushed(event: z.infer<typeof pushPayload>, app: AppIdentity): Translation {
  const name = /^refs\/heads\/(.+)$/.exec(event.ref)?.[1]
  if (name === undefined) return IRRELEVANT
  if (name === event.repository.default_branch) {
    const paths = event.commits.flatMap(({ added, modified, removed }) => [...added, ...modified, ...removed])
    // The settings, the workflow, the issue form: each may be what requests wait for.
    return paths.some((path) => path.startsWith('.github/') && path.includes('graft'))
      ? jobs(event, ['sweep'])
      : IRRELEVANT
  }
  if (name === SETUP_BRANCH) return isOurs(event, app) ? ECHO : jobs(event, ['setup'])
  const issue = issueOfBranch(name)
  if (issue === undefined) return IRRELEVANT
  return parseJobBranch(name) !== undefined && isOurs(event, app) ? ECHO : jobs(event, [`issue:${issue}`])
}

function pressed(
  event: Common,
  delivery: string,
  button: string | undefined,
  on: { head_sha: string; head_branch: string | null; pull_requests: readonly { number: number }[] },
): Translation {
  const issue = on.head_branch === null ? undefined : parseIntegrationBranch(on.head_branch)?.issue
  if (issue === undefined) {
    // Our check on something that is none of our integrations has no buttons; a Re-run posts it again.
    if (button !== 'retest') return IRRELEVANT
    if (on.head_branch === SETUP_BRANCH) return jobs(event, ['setup'])
    return on.pull_requests.length === 0
      ? IRRELEVANT
      : jobs(
          event,
          on.pull_requests.map(({ number }) => `pull:${number}`),
        )
  }
  const intent = intentSchema.safeParse({ id: delivery, button, login: event.sender.login, head: on.head_sha })
  return intent.success ? jobs(event, [`issue:${issue}`], [intent.data]) : IRRELEVANT
}
