/** A repository's own facts, its branches, and what protects them. */
import { z } from 'zod'
import { ApiError, invalid, page } from '../answers.ts'
import type { MergeMethod, Repo } from '../entities.ts'
import { requiredChecks, rulesFor } from '../git/protection.ts'
import { runGit } from '../git/run.ts'
import { userView } from '../views/account.ts'
import { commitView } from '../views/commit.ts'
import { fullName, repositoryPage, repositoryUrl, repositoryView } from '../views/repository.ts'
import type { Answer, Call, Route } from '../world.ts'

const ONE = '/repos/{owner}/{repo}'
const METADATA = { name: 'metadata', level: 'read' } as const
const CONTENTS = { name: 'contents', level: 'read' } as const

const editInput = z.object({
  default_branch: z.string().optional(),
  has_issues: z.boolean().optional(),
  archived: z.boolean().optional(),
  allow_merge_commit: z.boolean().optional(),
  allow_squash_merge: z.boolean().optional(),
  allow_rebase_merge: z.boolean().optional(),
})

function getRepository(call: Call): Answer {
  return { status: 200, body: view(call) }
}

function view(call: Call) {
  const { world, actor, repository } = call
  const level = actor.kind === 'anonymous' || actor.kind === 'app' ? 'read' : world.levelOf(call.account, repository)
  return repositoryView(world, repository, level === 'none' ? 'read' : level)
}

async function editRepository(call: Call): Promise<Answer> {
  const input = call.parse(editInput)
  const { world, repository } = call
  if (input.default_branch !== undefined) {
    const there = await world.git.resolve(repository, `refs/heads/${input.default_branch}`)
    if (there === undefined) {
      throw invalid(
        `The branch ${input.default_branch} was not found. Please push that ref first or create it via the Git Data API.`,
      )
    }
    await runGit(world.git.gitDir(repository), ['symbolic-ref', 'HEAD', `refs/heads/${input.default_branch}`])
    repository.defaultBranch = input.default_branch
  }
  const methods: readonly [MergeMethod, boolean | undefined][] = [
    ['merge', input.allow_merge_commit],
    ['squash', input.allow_squash_merge],
    ['rebase', input.allow_rebase_merge],
  ]
  const left = methods
    .filter(([method, on]) => on ?? repository.mergeMethods.includes(method))
    .map(([method]) => method)
  if (left.length === 0) throw invalid('Sorry, you need to allow at least one merge strategy. (no_merge_method)')
  repository.mergeMethods = left
  repository.issuesEnabled = input.has_issues ?? repository.issuesEnabled
  repository.archived = input.archived ?? repository.archived
  repository.updatedAt = world.now()
  return { status: 200, body: view(call) }
}

async function listBranches(call: Call): Promise<Answer> {
  const { world, repository } = call
  const wanted = call.query.get('protected')
  const branches = [...(await world.git.branches(repository))].map(([name, sha]) => ({
    name,
    commit: { sha, url: `${repositoryUrl(world, repository)}/commits/${sha}` },
    protected: rulesFor(repository, name).length > 0,
  }))
  return page(
    call,
    branches.filter((branch) => wanted === null || String(branch.protected) === wanted),
  )
}

async function getBranch(call: Call): Promise<Answer> {
  const { world, repository } = call
  const name = call.params.branch ?? ''
  const commit = await world.git.commit(repository, `refs/heads/${name}`)
  if (commit === undefined) throw new ApiError(404, 'Branch not found')
  const checks = requiredChecks(repository, name)
  const isProtected = rulesFor(repository, name).length > 0
  const self = branchUrl(call, name)
  const body = {
    name,
    commit: commitView(world, repository, commit),
    _links: { self, html: `${repositoryPage(world, repository)}/tree/${name}` },
    protected: isProtected,
    protection: {
      enabled: isProtected,
      required_status_checks: {
        enforcement_level: checks.length > 0 ? 'everyone' : 'off',
        contexts: checks,
        checks: checks.map((context) => ({ context, app_id: null })),
      },
    },
    protection_url: `${self}/protection`,
  }
  return { status: 200, body }
}

function branchUrl(call: Call, name: string): string {
  return `${repositoryUrl(call.world, call.repository)}/branches/${encodeURIComponent(name)}`
}

function getProtection(call: Call): Answer {
  const { world, repository } = call
  const name = call.params.branch ?? ''
  const rules = rulesFor(repository, name)
  if (rules.length === 0) throw new ApiError(404, 'Branch not protected')
  const url = `${branchUrl(call, name)}/protection`
  const checks = requiredChecks(repository, name)
  const people = allowed(call, repository, name).filter(({ type }) => type !== 'Bot')
  const required = {
    url: `${url}/required_status_checks`,
    strict: false,
    contexts: checks,
    checks: checks.map((context) => ({ context, app_id: null })),
    contexts_url: `${url}/required_status_checks/contexts`,
  }
  const body = {
    url,
    ...(checks.length === 0 ? {} : { required_status_checks: required }),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: true },
    required_linear_history: { enabled: false },
    allow_force_pushes: { enabled: true },
    allow_deletions: { enabled: true },
    restrictions: {
      url: `${url}/restrictions`,
      users_url: `${url}/restrictions/users`,
      teams_url: `${url}/restrictions/teams`,
      apps_url: `${url}/restrictions/apps`,
      users: people.map((account) => ({ ...userView(world, account), gravatar_id: '' })),
      teams: [],
      apps: allowed(call, repository, name).some((account) => account.id === world.app.bot.id)
        ? [{ id: world.app.id, slug: world.app.slug, name: world.app.name }]
        : [],
    },
  }
  return { status: 200, body }
}

/** Accounts that every rule of a branch lets push. */
function allowed(call: Call, repository: Repo, branch: string) {
  const lists = rulesFor(repository, branch).map(({ allow }) => new Set(allow.map((login) => login.toLowerCase())))
  return [...call.world.accounts.values()].filter(({ login }) => lists.every((list) => list.has(login.toLowerCase())))
}

/** The same as rules, which everybody may read. */
function branchRules(call: Call): Answer {
  const { repository } = call
  const source = { ruleset_source_type: 'Repository', ruleset_source: fullName(repository), ruleset_id: 1 }
  const name = call.params.branch ?? ''
  const checks = requiredChecks(repository, name)
  const parameters = {
    required_status_checks: checks.map((context) => ({ context })),
    strict_required_status_checks_policy: false,
  }
  return page(call, [
    ...(rulesFor(repository, name).length > 0 ? [{ type: 'update', ...source }] : []),
    ...(checks.length > 0 ? [{ type: 'required_status_checks', parameters, ...source }] : []),
  ])
}

export const repositoryRoutes: readonly Route[] = [
  { method: 'GET', path: ONE, access: METADATA, handler: getRepository },
  {
    method: 'PATCH',
    path: ONE,
    access: { name: 'administration', level: 'write' },
    person: 'admin',
    handler: editRepository,
  },
  { method: 'GET', path: `${ONE}/branches`, access: CONTENTS, handler: listBranches },
  { method: 'GET', path: `${ONE}/branches/{branch}`, access: CONTENTS, handler: getBranch },
  {
    method: 'GET',
    path: `${ONE}/branches/{branch}/protection`,
    access: { name: 'administration', level: 'read' },
    person: 'admin',
    handler: getProtection,
  },
  { method: 'GET', path: `${ONE}/rules/branches/{branch}`, access: METADATA, handler: branchRules },
]
