/** An embedded GitHub for a whole test file; every exchange is held against GitHub's own description of its API. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ProbotOctokit } from 'probot'
import { createOctokitClass } from '../../../src/bot/github/octokit.ts'
import type { EmbeddedGitHub, EmbeddedOptions, Exchange, Fault } from '../../../src/embedded/embedded.ts'
import { startEmbeddedGitHub } from '../../../src/embedded/server.ts'
import { gitIn, makeRepository } from '../../repository/behaviour.ts'
import { validateExchange } from '../../support/openapi/validate.ts'

const MANIFEST = `
name: Graft
default_permissions: {metadata: read, checks: write, contents: write, issues: write, pull_requests: write}
`

export type Asked = Parameters<NonNullable<EmbeddedOptions['fault']>>[0]

export interface Installed {
  readonly github: EmbeddedGitHub
  readonly owner: string
  /** `owner/target`. */
  readonly name: string
  readonly installation: number
  readonly octokit: ProbotOctokit
  /** A client that acts for a person who may do so much. */
  as(login: string, permission?: 'admin' | 'write' | 'read' | 'none'): ProbotOctokit
  git(...args: string[]): string
  /** Requests of the App to this repository since the last call, `METHOD route`. */
  news(): string[]
}

export interface Stage {
  readonly github: EmbeddedGitHub
  /** What is done to requests of the App, until the next repository is made. */
  fault: ((asked: Asked) => Fault | undefined | Promise<Fault | undefined>) | undefined
  /** A repository of its own with the App installed on it. */
  repository(): Promise<Installed>
  /** Ends it, and fails where an exchange was not GitHub's. */
  close(): Promise<void>
}

export async function startStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-github-'))
  const violations: string[] = []
  const github = await startEmbeddedGitHub({
    folder,
    templatesDir: resolve('templates'),
    manifest: MANIFEST,
    fault: (asked) => (asked.actor.startsWith('installation:') ? stage.fault?.(asked) : undefined),
    onExchange: (exchange) => {
      // Redirects and failures of its own GitHub describes for no route.
      if (exchange.status < 300 || (exchange.status >= 400 && exchange.status < 500))
        violations.push(...validateExchange(exchange))
    },
  })
  const Client = createOctokitClass({ baseUrl: github.url, throttle: false, retryBaseMilliseconds: 1 })
  let made = 0
  const stage: Stage = {
    github,
    fault: undefined,
    async repository() {
      stage.fault = undefined
      made += 1
      const owner = `ann${made}`
      const from = join(folder, `start-${made}.git`)
      await makeRepository(from)
      github.addUser(owner)
      await github.addRepository({ owner, name: 'target', from })
      const name = `${owner}/target`
      const gitDir = github.gitDir(name)
      const installation = github.install(owner, [name])
      const auth = { appId: github.app.id, privateKey: github.app.privateKey, installationId: installation }
      let seen = github.exchanges.length
      const isOurs = ({ actor, path }: Exchange) => actor.startsWith('installation:') && path.includes(`/${owner}/`)
      return {
        github,
        owner,
        name,
        installation,
        octokit: new Client({ auth }),
        as(login, permission) {
          const token = github.addUser(login)
          if (permission !== undefined) github.setPermission(name, login, permission)
          return new Client({ auth: { token } })
        },
        git: gitIn(gitDir),
        news() {
          const news = github.exchanges.slice(seen).filter(isOurs)
          seen = github.exchanges.length
          return news.map(({ method, route }) => `${method} ${route?.replace('/repos/{owner}/{repo}', '')}`)
        },
      }
    },
    async close() {
      await github.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
      if (violations.length > 0) throw new Error(`Not as GitHub describes it:\n${violations.join('\n')}`)
    },
  }
  return stage
}
