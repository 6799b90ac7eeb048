/** The few fields of GitHub's webhook payloads that are read. Everything else in a payload is left alone. */
import { z } from 'zod'

const id = z.int().min(1)
const login = z.string().min(1).max(100)
const number = z.int().min(1).max(2_147_483_647)
const sha = z.string().regex(/^[0-9a-f]{40}$/)
const branch = z.string().min(1).max(1000)
/** `owner/name`; only what can stand in a path of the API. */
const fullName = z.string().regex(/^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/)

/** What every event of a repository has. */
export const repositoryPayload = z.object({
  action: z.string().max(100).optional(),
  installation: z.object({ id }),
  repository: z.object({ full_name: fullName, default_branch: branch }),
  sender: z.object({ login, type: z.string() }),
})

const headOfPull = z.object({
  number,
  head: z.object({ ref: branch, repo: z.object({ full_name: fullName }).nullable() }),
})

export const issuePayload = repositoryPayload.extend({
  issue: z.object({ number, pull_request: z.unknown().optional() }),
})
export const pullPayload = repositoryPayload.extend({ pull_request: headOfPull })
export const pushPayload = repositoryPayload.extend({
  ref: z.string().min(1).max(1000),
  commits: z
    .array(z.object({ added: z.array(z.string()), modified: z.array(z.string()), removed: z.array(z.string()) }))
    .default([]),
})
export const workflowRunPayload = repositoryPayload.extend({
  workflow_run: z.object({
    head_branch: branch.nullable(),
    head_repository: z.object({ full_name: fullName }).nullable(),
  }),
})
export const checkRunPayload = repositoryPayload.extend({
  check_run: z.object({
    name: z.string(),
    head_sha: sha,
    app: z.object({ id }).nullable(),
    check_suite: z.object({ head_branch: branch.nullable() }),
    pull_requests: z.array(z.object({ number })).default([]),
  }),
  requested_action: z.object({ identifier: z.string() }).optional(),
})
export const checkSuitePayload = repositoryPayload.extend({
  check_suite: z.object({
    head_sha: sha,
    head_branch: branch.nullable(),
    app: z.object({ id }).nullable(),
    pull_requests: z.array(z.object({ number })).default([]),
  }),
})
export const mergeGroupPayload = repositoryPayload.extend({ merge_group: z.object({ head_sha: sha }) })
export const installationPayload = z.object({
  action: z.string().max(100),
  installation: z.object({ id }),
  repositories: z.array(z.object({ full_name: fullName })).optional(),
})
export const installationRepositoriesPayload = z.object({
  action: z.string().max(100),
  installation: z.object({ id }),
  repositories_added: z.array(z.object({ full_name: fullName })),
})
