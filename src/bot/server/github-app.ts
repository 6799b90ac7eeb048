/** Graft as the App: Probot's authentication (App token, installation tokens, their cache) with the client of `../github`. */
import type { ProbotOctokit } from 'probot'
import { Probot } from 'probot'
import { ConfigurationError, TransientError } from '../../values/errors.ts'
import type { AppIdentity } from '../github/facts.ts'
import type { OctokitOptions } from '../github/octokit.ts'
import { createOctokitClass } from '../github/octokit.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'

export interface GitHubAppOptions extends OctokitOptions {
  readonly appId: number
  /** PEM. */
  readonly privateKey: string
  readonly log: Log
  readonly metrics: Pick<Metrics, 'githubAnswer'>
}

export interface GitHubApp {
  /** A client with the rights of an installation, or, without one, of the App itself. */
  octokit(installation?: number): Promise<ProbotOctokit>
  /**
   * Who the App is, as GitHub says.
   *
   * @throws ConfigurationError when GitHub does not accept id and key, TransientError when it cannot be reached.
   */
  identity(): Promise<GrantedIdentity>
}

/** The App with what it was given when it was made; an installation may have granted less. */
export interface GrantedIdentity extends AppIdentity {
  readonly permissions: Readonly<Record<string, string>>
  readonly events: readonly string[]
}

/** Makes the App. Nothing is sent before it is asked for something. */
export function createGitHubApp(options: GitHubAppOptions): GitHubApp {
  const { appId, privateKey, log, metrics } = options
  const counted = ({ hook }: Pick<ProbotOctokit, 'hook'>, settings: { readonly auth?: unknown }) => {
    const installation = installationOf(settings.auth)
    const count = (method: string, status: number, headers: Readonly<Record<string, unknown>> | undefined) => {
      const remaining = headers?.['x-ratelimit-remaining']
      metrics.githubAnswer({
        installation,
        method,
        status,
        remaining: remaining === undefined || installation === undefined ? undefined : Number(remaining),
      })
    }
    hook.after('request', ({ status, headers }, { method }) => count(method, status, headers))
    hook.error('request', (error, { method }) => {
      if ('status' in error) count(method, error.status, 'response' in error ? error.response?.headers : undefined)
      throw error
    })
    return {}
  }
  const probot = new Probot({
    appId,
    privateKey,
    // Deliveries are checked in front of Probot; this one is never compared with anything.
    secret: crypto.randomUUID(),
    log,
    Octokit: createOctokitClass(options).plugin(counted) as typeof ProbotOctokit,
    ...(options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl }),
  })
  return {
    octokit: (installation) => (installation === undefined ? probot.auth() : probot.auth(installation)),
    async identity() {
      const octokit = await probot.auth()
      try {
        const { data } = await octokit.rest.apps.getAuthenticated()
        if (data === null || data.slug === undefined) throw new TransientError('GitHub did not say who the App is.')
        const permissions = Object.entries(data.permissions).flatMap(([name, level]) =>
          level === undefined ? [] : [[name, level] as const],
        )
        return { id: data.id, slug: data.slug, permissions: Object.fromEntries(permissions), events: data.events }
      } catch (error) {
        throw explained(error)
      }
    },
  }
}

function explained(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TransientError) return error
  const status = 'status' in error ? error.status : undefined
  if (status === 401 || status === 404) {
    return new ConfigurationError(
      'GitHub does not know this App: APP_ID and the private key must belong to the same App, and the clock of this machine must be right.',
      { cause: error },
    )
  }
  return new TransientError(`GitHub cannot be asked who the App is (${error.message}).`, { cause: error })
}

function installationOf(auth: unknown): number | undefined {
  return typeof auth === 'object' &&
    auth !== null &&
    'installationId' in auth &&
    typeof auth.installationId === 'number'
    ? auth.installationId
    : undefined
}
