/**
 * What a route of the embedded GitHub works with: the state, ids and time, events, the git layer, and who is asking.
 *
 * A route file exports one list of routes (`issueRoutes`, `pullRoutes`, …); `routes/all.ts` collects them. Nothing here is
 * asynchronous except git. Refusals and pages of lists: `answers.ts`. JSON of entities: `views/`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from 'zod'
import type { Account, Installation, Issue, Level, PermissionLevel, Permissions, Repo } from './entities.ts'
import type { Commit } from './git/commit.ts'
import type { GitRepository } from './git/repository.ts'

/** Who sends a request. */
export type Actor =
  | { readonly kind: 'app' }
  | {
      readonly kind: 'installation'
      readonly installation: Installation
      /** Narrower than the installation's where the token was made so. */
      readonly repositories: ReadonlySet<number> | undefined
      readonly permissions: Permissions | undefined
    }
  | { readonly kind: 'user'; readonly account: Account }
  | { readonly kind: 'anonymous' }

/** One event as webhooks and the workflow engine hear it. */
export interface WorldEvent {
  /** `issues`, `push`, `pull_request`, … */
  readonly event: string
  readonly action: string | undefined
  readonly repository: Repo | undefined
  readonly sender: Account
  /** Without `action`, `repository`, `sender`, `installation`, `organization`: those are added. */
  readonly payload: Readonly<Record<string, unknown>>
  /** Of an event without a repository. */
  readonly installation?: Installation
}

export interface World {
  /** `http://127.0.0.1:1234`: pages and git. Without a slash at its end. */
  readonly webUrl: string
  /** Base of the REST API. */
  readonly apiUrl: string
  readonly app: {
    readonly id: number
    readonly slug: string
    readonly name: string
    /** `graft[bot]`. */
    readonly bot: Account
    readonly owner: Account
    readonly permissions: Permissions
    readonly events: readonly string[]
  }
  /** By login in lower case. */
  readonly accounts: Map<string, Account>
  readonly repositories: Map<number, Repo>
  /** `owner/name` in lower case → repository that had it before. */
  readonly oldNames: Map<string, number>
  readonly installations: Map<number, Installation>
  /** Commits that GitHub itself signed: those that it made in an App's name or for a button of its pages. */
  readonly signed: Set<string>
  readonly git: GitStore
  /** A number that no entity had before, ever rising. */
  id(): number
  /** Now, as GitHub writes it: whole seconds, `2026-01-31T12:00:00Z`. */
  now(): string
  /** By owner and name, case-insensitive; old names of renamed repositories are not found here. */
  repository(owner: string, name: string): Repo | undefined
  /** The repository that had this name before it was renamed. */
  movedTo(owner: string, name: string): Repo | undefined
  /** Tells the listeners, in order, then the webhook queue (if the App hears of such events and is installed there). */
  emit(event: WorldEvent): void
  /** Hears of every event, whatever the manifest says. */
  listen(listener: (event: WorldEvent) => void): void
  /** Reads an `Authorization` header (token, bearer, basic). Throws ApiError 401 for a token that is unknown or has ended. */
  authenticate(authorization: string | undefined): Actor
  /** The account in whose name the actor acts; throws ApiError 401 for anonymous and 403 for the App without installation. */
  accountOf(actor: Actor): Account
  /** What the actor may do in a repository with one of the permissions of an App (`contents`, `issues`, …). */
  may(actor: Actor, repository: Repo, permission: Permission): boolean
  /** A person's level; the App's bot has the level of its installation's `contents`. */
  levelOf(account: Account, repository: Repo): Level
  /** Work in the background that `idle()` waits for; a failure ends up as an error of `idle()`. */
  background(work: Promise<void>): void
}

export interface RefUpdate {
  readonly repository: Repo
  /** `refs/heads/main`. */
  readonly ref: string
  /** undefined: it was made, or deleted. */
  readonly before: string | undefined
  readonly after: string | undefined
  readonly actor: Account
}

/**
 * The git layer, over bare repositories. Never synchronous. Implementation: `git/store.ts` (`createGitStore(folder)`, then
 * `attach(world)` once the world exists).
 */
export interface GitStore {
  attach(world: World): void
  /** Makes the bare repository from a folder or a clone; answers its default branch. */
  create(repository: Repo, from: string, defaultBranch: string | undefined): Promise<string>
  gitDir(repository: Repo): string
  /** Everything that git can do with a repository; writes go through `exclusive`. */
  of(repository: Repo): GitRepository
  /** Commit that a branch, a tag, a full ref or a (full) commit id names, or undefined. */
  resolve(repository: Repo, ref: string): Promise<string | undefined>
  /** The commit that a name resolves to. */
  commit(repository: Repo, name: string): Promise<Commit | undefined>
  /** Names of branches with their commits. */
  branches(repository: Repo): Promise<ReadonlyMap<string, string>>
  /** Bytes of a file at a commit, or undefined. */
  read(repository: Repo, commit: string, path: string): Promise<Buffer | undefined>
  /** Writes the files of a commit into an empty folder. */
  checkout(repository: Repo, commit: string, folder: string): Promise<void>
  /** Whether the head merges into the base without a conflict. */
  mergeable(repository: Repo, base: string, head: string): Promise<boolean>
  /** Makes (but points nothing to) the merge commit; undefined on a conflict. */
  merge(repository: Repo, base: string, head: string, message: string): Promise<string | undefined>
  /**
   * Moves, makes or deletes (`after` undefined) a ref, then emits what follows: `push`, `create`, `delete`, `pull_request.synchronize`
   * of the pull requests from it (with `Pull.headSha` moved), closed ones when it is gone. Says nothing of protection: routes ask before.
   */
  update(update: RefUpdate): Promise<void>
  /** JSON of a pull request as its events carry it (issue routes label and close pull requests, too). */
  pullView(repository: Repo, issue: Issue): Promise<Readonly<Record<string, unknown>>>
  /** Answers git over HTTP: `/{owner}/{repo}.git/…`, password = a token. Events as with `update`. */
  http(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Ends children and waits for them. */
  close(): Promise<void>
}

/** What an installation must have been granted. */
export interface Permission {
  readonly name: string
  readonly level: PermissionLevel
}

/** One request as a handler sees it. */
export interface Call {
  readonly world: World
  readonly actor: Actor
  /** `app`, `installation:1`, `user:login` or `anonymous`. */
  readonly actorName: string
  readonly method: string
  /** Of the request, without its query. */
  readonly path: string
  /** Of the path's template, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: Headers
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown
  /** Repository of `/repos/{owner}/{repo}…`; it exists and the actor may see it. Throws for other templates. */
  readonly repository: Repo
  /** The account in whose name it is done. */
  readonly account: Account
  /** Checks the body; what does not fit is a 422 as GitHub gives it. */
  parse<T extends z.ZodType>(schema: T): z.infer<T>
  /** A number in the path; anything else is a 404. */
  number(param: string): number
}

export interface Answer {
  readonly status: number
  /** JSON, or bytes with a `content-type` of their own, or undefined for none. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /**
   * Template as in GitHub's OpenAPI description: `/repos/{owner}/{repo}/issues/{issue_number}`. The last parameter takes slashes,
   * too, when it is called `path`, `ref` or `basehead`.
   */
  readonly path: string
  /**
   * What an installation needs: one permission, or several of which one is enough (comments: issues or pull_requests).
   * `app`: only the App itself (JWT). `token`: any installation token or person. `any`: everybody.
   */
  readonly access: Permission | readonly [Permission, ...Permission[]] | 'app' | 'token' | 'any'
  /** Level that a person needs. Default: read for GET, write otherwise. */
  readonly person?: Level
  readonly handler: (call: Call) => Answer | Promise<Answer>
}
