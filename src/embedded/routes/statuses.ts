/** Routes of commit statuses, the older sister of check runs. */
import { z } from 'zod'
import { invalid, notFound, page } from '../answers.ts'
import type { CommitStatus } from '../entities.ts'
import { statusView } from '../views/check.ts'
import { repositoryUrl, repositoryView } from '../views/repository.ts'
import type { Call, Permission, Route } from '../world.ts'

const READ: Permission = { name: 'statuses', level: 'read' }
const WRITE: Permission = { name: 'statuses', level: 'write' }

const creation = z.object({
  state: z.enum(['error', 'failure', 'pending', 'success']),
  context: z.string().default('default'),
  description: z.string().max(140).nullish(),
  target_url: z.string().nullish(),
})

export const statusRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/statuses/{sha}',
    access: WRITE,
    async handler(call) {
      const { world, repository } = call
      const { state, context, description = null, target_url: targetUrl = null } = call.parse(creation)
      const sha = await world.git.resolve(repository, call.params.sha ?? '')
      if (sha === undefined) throw invalid(`No commit found for SHA: ${call.params.sha}`)
      const facts = { id: world.id(), creator: call.account, createdAt: world.now() }
      const status: CommitStatus = { ...facts, sha, state, context, description, targetUrl }
      repository.statuses.push(status)
      return { status: 201, body: statusView(world, repository, status) }
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits/{ref}/statuses',
    access: READ,
    async handler(call) {
      const { statuses } = await statusesOf(call)
      return page(
        call,
        statuses.map((status) => statusView(call.world, call.repository, status)),
      )
    },
  },
  { method: 'GET', path: '/repos/{owner}/{repo}/commits/{ref}/status', access: READ, handler: combined },
]

/** Newest first. */
async function statusesOf(call: Call): Promise<{ sha: string; statuses: CommitStatus[] }> {
  const sha = await call.world.git.resolve(call.repository, call.params.ref ?? '')
  if (sha === undefined) throw notFound()
  return { sha, statuses: call.repository.statuses.filter((status) => status.sha === sha).reverse() }
}

async function combined(call: Call) {
  const { world, repository } = call
  const { sha, statuses } = await statusesOf(call)
  const latest = [...new Map(statuses.toReversed().map((status) => [status.context, status])).values()]
  const states = new Set(latest.map(({ state }) => state))
  const bad = states.has('failure') || states.has('error')
  const state = bad ? 'failure' : latest.length === 0 || states.has('pending') ? 'pending' : 'success'
  const commit = `${repositoryUrl(world, repository)}/commits/${sha}`
  return page(
    call,
    latest.map((status) => statusView(world, repository, status)),
    (shown) => ({
      state,
      statuses: shown,
      sha,
      total_count: latest.length,
      repository: repositoryView(world, repository),
      commit_url: commit,
      url: `${commit}/status`,
    }),
  )
}
