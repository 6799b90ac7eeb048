/**
 * A GitHub in a box: REST API, signed webhooks, git over HTTP on real bare repositories, workflow runs on the sandbox runner.
 * For the demo and the tests; it imitates what a GitHub App meets, permissions and refusals included, not all of GitHub.
 */
import type { Runner } from '../simulator/runner.ts'
import type { RunnerFactory } from './actions/engine.ts'
import type { FormValues } from './forms.ts'

/** One request that was answered. Bodies are parsed JSON, or undefined. */
export interface Exchange {
  readonly number: number
  readonly method: string
  /** Path with its query. */
  readonly path: string
  /** Template of the route, as in GitHub's OpenAPI description (`/repos/{owner}/{repo}/issues`); undefined: unknown route. */
  readonly route: string | undefined
  /** `app`, `installation:1`, `user:login` or `anonymous`. */
  readonly actor: string
  readonly requestBody: unknown
  /** 0: the connection was closed by a fault. */
  readonly status: number
  readonly responseBody: unknown
  /** Of the answer (lower case names). */
  readonly headers: Readonly<Record<string, string>>
  /** `performance.now()` at its beginning. */
  readonly at: number
}

/** What a test may do to a request before it is answered. */
export type Fault =
  /** Answer so and do nothing. */
  | {
      readonly instead: {
        readonly status: number
        readonly body: unknown
        readonly headers?: Readonly<Record<string, string>>
      }
    }
  /** Do it, then answer so. */
  | {
      readonly afterwards: {
        readonly status: number
        readonly body: unknown
        readonly headers?: Readonly<Record<string, string>>
      }
    }
  /** Close the connection without an answer, before or after doing it. */
  | { readonly drop: 'before' | 'after' }

export interface EmbeddedOptions {
  /** Where the repositories are kept; made when missing. */
  readonly folder: string
  readonly templatesDir: string
  /**
   * Runs the workflow's jobs. Without one, runs stay queued (as when Actions has no runner). A function makes one for each run:
   * its signal ends when the run is cancelled or the server closed; `undeclared` is what the request names beside the package.
   */
  readonly runner?: Runner | RunnerFactory
  /** Text of the App's manifest: its permissions and events. Default: that of the project's `app.yml`. */
  readonly manifest?: string
  /** 0 takes a free one. Default 0. */
  readonly port?: number
  /** Sees every exchange after its answer was sent. */
  readonly onExchange?: (exchange: Exchange) => void
  /** Asked before each request of the App is answered. */
  readonly fault?: (request: {
    readonly method: string
    readonly path: string
    readonly route: string | undefined
    readonly actor: string
  }) => Fault | undefined | Promise<Fault | undefined>
}

export interface EmbeddedGitHub {
  /** Base of the REST API, without a slash at its end. */
  readonly url: string
  readonly app: {
    readonly id: number
    readonly slug: string
    readonly privateKey: string
    readonly webhookSecret: string
  }
  /** Requests answered so far. */
  readonly exchanges: readonly Exchange[]
  /** Makes a person and returns the token that acts for them (`Authorization: Bearer …`, or as a git password). */
  addUser(login: string): string
  /** Makes a repository from a folder (its files become the first commit) or from a git clone (its branches are taken). */
  addRepository(input: {
    readonly owner: string
    readonly name: string
    readonly from: string
    readonly defaultBranch?: string
    readonly private?: boolean
  }): Promise<void>
  /** What a person may do in a repository. The owner is `admin`. */
  setPermission(repository: string, login: string, permission: 'admin' | 'write' | 'read' | 'none'): void
  /** Switches features as the settings page does. */
  configure(
    repository: string,
    settings: {
      readonly issues?: boolean
      readonly actions?: boolean
      readonly archived?: boolean
      /** Branches (glob) that only these logins may push to; a refusal is a 422 as GitHub gives it. */
      readonly protectedBranches?: readonly {
        readonly pattern: string
        readonly allow: readonly string[]
        readonly requiredChecks?: readonly string[]
      }[]
      readonly mergeMethods?: readonly ('merge' | 'squash' | 'rebase')[]
    },
  ): void
  renameRepository(from: string, to: string): void
  /** Installs the App on repositories (sends `installation.created`); permissions default to the manifest's. Returns the id. */
  install(
    account: string,
    repositories: readonly string[],
    permissions?: Readonly<Record<string, 'read' | 'write'>>,
  ): number
  /** Sends `installation.suspend`, `.unsuspend`, `.deleted`; tokens are refused accordingly. */
  setInstallation(id: number, state: 'active' | 'suspended' | 'deleted'): void
  /** Removes or grants a permission of an installation from now on. */
  setInstallationPermission(id: number, name: string, level: 'read' | 'write' | undefined): void
  /** Adds repositories to an installation and takes others away (sends `installation_repositories.added`, `.removed`). */
  setInstallationRepositories(id: number, repositories: readonly string[]): void
  /** Where webhooks go. Before it is set, deliveries are kept and sent once it is. */
  setWebhookUrl(url: string | undefined): void
  /** Called before each delivery is sent; false drops it. Tests reorder and double by it, with `deliver`. */
  onDelivery?: (delivery: Delivery) => boolean | Promise<boolean>
  /** Sends one (again) at once, with its own id; answers the status, 0 when nobody answered. */
  deliver(delivery: Delivery): Promise<number>
  /**
   * A person fills in an issue form of the default branch (`integrate.yml` in `.github/ISSUE_TEMPLATE`); answers the issue's number.
   * The title is what stands behind the form's own.
   */
  fileForm(
    repository: string,
    login: string,
    form: string,
    input: { readonly title: string; readonly values: FormValues },
  ): Promise<number>
  /** Press of a button of a check run, its Re-run (`rerequest`), or the Re-run of all of its App's (`rerequest_all`), by a person. */
  pressButton(
    repository: string,
    checkRun: number,
    login: string,
    identifier: 'rerequest' | 'rerequest_all' | (string & {}),
  ): void
  /** Puts the head of a merge queue for a pull request (sends `merge_group.checks_requested`); returns its commit. */
  addToMergeQueue(repository: string, pull: number): Promise<string>
  /** Deletes an issue, or transfers it away. */
  removeIssue(repository: string, number: number, how: 'deleted' | 'transferred'): void
  /** Path of the bare repository, for assertions with git (never while a request runs). */
  gitDir(repository: string): string
  /** Address that `git clone` and `git push` accept. */
  cloneUrl(repository: string): string
  /** Resolves when no delivery is on its way and no workflow job runs. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** One webhook delivery. */
export interface Delivery {
  readonly id: string
  readonly event: string
  readonly action: string | undefined
  readonly payload: unknown
}
