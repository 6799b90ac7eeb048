/**
 * The port to issues, comments, pull requests, reviews and check runs, over GitHub's REST API.
 *
 * Reads are paginated under a bound. A write is one request; where its outcome is unknown, it is looked for before it is
 * repeated, so that nothing stands there twice.
 */
import {
  CHECK_NAME,
  type CheckContent,
  type CheckFacts,
  type CommentFacts,
  type Hub,
  type IssueFacts,
  type MergeMethod,
  type MergeRules,
  type Permission,
  type PullFacts,
  type Reaction,
  type ReviewFacts,
} from '../integration/hub.ts'
import { REQUEST_LABEL } from '../integration/issue-thread.ts'
import { BlockedError, messageOf, statusOf } from '../repository/github/errors.ts'
import { asked, found, type Place, pages, parameters, shown, written } from '../repository/github/request.ts'
import { checkedBranch } from '../repository/names.ts'
import { MovedError } from '../repository/repository.ts'
import { BugError } from '../values/errors.ts'
import { MAX_CHECK_TEXT, packText } from './github/check-record.ts'
import { type AppIdentity, checkOf, commentOf, isApp, issueOf, permissionOf, pullOf, reviewOf } from './github/facts.ts'

export interface HubOptions extends Place {
  readonly app: AppIdentity
}

/** GitHub itself takes no more than 2,500 comments on an issue. */
const MAX_COMMENTS = 3000
const MAX_REQUESTS = 200
const MAX_UNLABELLED = 100
/** How a body begins that the issue form wrote. */
const FORM = /^### Source\r?\n/
const MAX_PULLS = 200
const MAX_WRITERS = 200
const MAX_REVIEWS = 1000
const MAX_REACTIONS = 1000
/** They keep nobody from merging. */
const HARMLESS_RULES: ReadonlySet<string> = new Set(['deletion', 'non_fast_forward'])
const REACTIONS: readonly Reaction[] = ['eyes', 'rocket', 'confused']

/** Whoever reacts to a thousand comments must not make the App ask a thousand times by whom that was. */
const LOOKS_LIKE_COMMAND = /^ {0,3}\/[A-Za-z]/m
/** Code or names: what `parseAnswers` may find something in. */
const LOOKS_LIKE_ANSWER = /[`~]|^ {4}|--with/m

/** Opens the hub of one repository. Nothing is asked before the first call. */
export function createHub(options: HubOptions): Hub {
  return new GithubHub(options)
}

class GithubHub implements Hub {
  readonly owner: string
  readonly repository: string
  readonly #place: Place
  readonly #app: AppIdentity

  constructor(options: HubOptions) {
    this.owner = options.owner
    this.repository = options.repository
    this.#place = options
    this.#app = options.app
  }

  get #octokit() {
    return this.#place.octokit
  }

  get #repo() {
    return parameters(this.#place)
  }

  async issue(number: number): Promise<IssueFacts | undefined> {
    const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}'
    const answer = await found(this.#place, () => this.#octokit.request(route, { ...this.#repo, issue_number: number }))
    if (answer === undefined) return undefined
    const here = await this.#isHere(answer.data.repository_url)
    return here && answer.data.number === number ? issueOf(answer.data) : undefined
  }

  /** A transferred issue answers from its new repository, and so does every issue of a renamed one. */
  async #isHere(repositoryUrl: string): Promise<boolean> {
    const name = repositoryUrl.split('/').slice(-2).join('/').toLowerCase()
    if (name === shown(this.#place).toLowerCase()) return true
    const { data } = await asked(this.#place, () => this.#octokit.request('GET /repos/{owner}/{repo}', this.#repo))
    return data.full_name.toLowerCase() === name
  }

  async comments(number: number, where: 'issue' | 'pull'): Promise<CommentFacts[]> {
    const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments'
    const raw = await pages(this.#place, MAX_COMMENTS, (page) =>
      this.#octokit.request(route, { ...this.#repo, issue_number: number, ...page }),
    )
    const facts: CommentFacts[] = []
    for (const comment of raw) {
      const plain = commentOf(comment, where, this.#app, [])
      // Only people's comments hold commands and answers, and only these carry our reactions.
      const some =
        plain.author.kind === 'person' && (LOOKS_LIKE_COMMAND.test(plain.body) || LOOKS_LIKE_ANSWER.test(plain.body))
          ? REACTIONS.filter((name) => (comment.reactions?.[name] ?? 0) > 0)
          : []
      facts.push(some.length === 0 ? plain : { ...plain, reactions: await this.#reactions(plain.id, some) })
    }
    return facts
  }

  async #reactions(comment: number, some: readonly Reaction[]): Promise<Reaction[]> {
    const route = 'GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions'
    const ours: Reaction[] = []
    for (const content of some) {
      const all = await pages(this.#place, MAX_REACTIONS, (page) =>
        this.#octokit.request(route, { ...this.#repo, comment_id: comment, content, ...page }),
      )
      if (all.some((reaction) => reaction.content === content && isApp(reaction.user, this.#app))) ours.push(content)
    }
    return ours
  }

  /** GitHub leaves out a form's label where the repository has none of that name, so that the newest issues are looked at too. */
  async requests(): Promise<IssueFacts[]> {
    const list = (limit: number, labels: { readonly labels?: string }) =>
      pages(this.#place, limit, (page) =>
        this.#octokit.request('GET /repos/{owner}/{repo}/issues', {
          ...this.#repo,
          ...labels,
          state: 'all',
          sort: 'created',
          direction: 'desc',
          ...page,
        }),
      )
    const newest = (await list(MAX_UNLABELLED, {})).filter((issue) => FORM.test(issue.body ?? ''))
    const all = [...(await list(MAX_REQUESTS, { labels: REQUEST_LABEL })), ...newest].map(issueOf)
    const unique = new Map(all.filter((issue) => !issue.isPull).map((issue) => [issue.number, issue]))
    return [...unique.values()].sort((one, other) => other.number - one.number).slice(0, MAX_REQUESTS)
  }

  async pullsOf(branch: string): Promise<PullFacts[]> {
    const head = `${this.owner}:${checkedBranch(branch)}`
    const raw = await pages(this.#place, MAX_PULLS, (page) =>
      this.#octokit.request('GET /repos/{owner}/{repo}/pulls', {
        ...this.#repo,
        head,
        state: 'all',
        sort: 'created',
        direction: 'desc',
        ...page,
      }),
    )
    return raw.map((pull) => pullOf(pull, this.#app)).filter((pull) => pull.sameRepository && pull.head.ref === branch)
  }

  async pull(number: number): Promise<PullFacts | undefined> {
    const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}'
    const answer = await found(this.#place, () => this.#octokit.request(route, { ...this.#repo, pull_number: number }))
    return answer === undefined ? undefined : pullOf(answer.data, this.#app)
  }

  async reviews(pull: number): Promise<ReviewFacts[]> {
    const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews'
    const raw = await pages(this.#place, MAX_REVIEWS, (page) =>
      this.#octokit.request(route, { ...this.#repo, pull_number: pull, ...page }),
    )
    return raw.flatMap((review) => reviewOf(review) ?? [])
  }

  async check(head: string): Promise<CheckFacts | undefined> {
    const { data } = await asked(this.#place, () =>
      this.#octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
        ...this.#repo,
        ref: head,
        check_name: CHECK_NAME,
        app_id: this.#app.id,
        filter: 'latest',
        per_page: 100,
      }),
    )
    const ours = data.check_runs.filter((run) => Number(run.app?.id) === this.#app.id && run.name === CHECK_NAME)
    const newest = ours.sort((one, other) => Number(other.id) - Number(one.id))[0]
    return newest === undefined ? undefined : checkOf(newest)
  }

  async permission(login: string): Promise<Permission> {
    const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission'
    const answer = await found(this.#place, () => this.#octokit.request(route, { ...this.#repo, username: login }))
    return answer === undefined ? 'none' : permissionOf(answer.data)
  }

  async writers(): Promise<readonly string[] | undefined> {
    const route = 'GET /repos/{owner}/{repo}/collaborators'
    try {
      const people = await pages(this.#place, MAX_WRITERS, (page) =>
        this.#octokit.request(route, { ...this.#repo, permission: 'push', ...page }),
      )
      return people.filter(({ type }) => type === 'User').map(({ login }) => login)
    } catch (error) {
      // Organisations may hide who is in them; that must not stop anything.
      if (error instanceof BlockedError && error.kind === 'permission') return undefined
      throw error
    }
  }

  async branches(prefix: string): Promise<string[]> {
    const ref = `heads/${prefix}`
    const { data } = await asked(this.#place, () =>
      this.#octokit.request('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', { ...this.#repo, ref }),
    )
    return data.map((branch) => branch.ref.replace('refs/heads/', '')).filter((name) => name.startsWith(prefix))
  }

  async createComment(number: number, body: string): Promise<CommentFacts> {
    const before = Date.now()
    const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments'
    return written(
      this.#place,
      async () => {
        const { data } = await this.#octokit.request(route, { ...this.#repo, issue_number: number, body })
        return commentOf(data, whereOf(data.html_url), this.#app, [])
      },
      () => this.#sameComment(number, body, before),
    )
  }

  /** The comment that a failed request left all the same. Clocks may differ: the minutes before count as well. */
  async #sameComment(number: number, body: string, sent: number): Promise<CommentFacts | undefined> {
    const since = new Date(sent - 5 * 60_000).toISOString().replace(/\.\d+Z$/, 'Z')
    const raw = await pages(this.#place, MAX_COMMENTS, (page) =>
      this.#octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
        ...this.#repo,
        issue_number: number,
        since,
        ...page,
      }),
    )
    const facts = raw.map((comment) => commentOf(comment, whereOf(comment.html_url), this.#app, []))
    return facts.findLast((comment) => comment.ours && sameText(comment.body, body))
  }

  async editComment(id: number, body: string): Promise<void> {
    const route = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}'
    await written(this.#place, () => this.#octokit.request(route, { ...this.#repo, comment_id: id, body }))
  }

  /** GitHub keeps one reaction of a kind by the same account, however often it is sent. */
  async react(comment: number, reaction: Reaction): Promise<void> {
    const route = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions'
    const content = { ...this.#repo, comment_id: comment, content: reaction }
    await written(this.#place, () => this.#octokit.request(route, content))
  }

  /** An open pull request from the same branch is adopted. */
  async createPull(input: {
    readonly branch: string
    readonly base: string
    readonly title: string
    readonly body: string
  }): Promise<PullFacts> {
    const { branch, base, title, body } = input
    const existing = async () => (await this.pullsOf(branch)).find((pull) => pull.state === 'open')
    const content = { ...this.#repo, head: branch, base, title, body }
    const send = async () => {
      try {
        const { data } = await this.#octokit.request('POST /repos/{owner}/{repo}/pulls', content)
        return pullOf(data, this.#app)
      } catch (error) {
        const there = statusOf(error) === 422 ? await existing() : undefined
        if (there === undefined) throw error
        return there
      }
    }
    return written(this.#place, send, existing)
  }

  async updatePull(
    number: number,
    changes: { readonly body?: string; readonly state?: 'open' | 'closed' },
  ): Promise<void> {
    const content = { ...this.#repo, pull_number: number, ...changes }
    await written(this.#place, () => this.#octokit.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', content))
  }

  async mergeRules(branch: string): Promise<MergeRules> {
    const { data } = await asked(this.#place, () => this.#octokit.request('GET /repos/{owner}/{repo}', this.#repo))
    const allowed: [MergeMethod, boolean | undefined][] = [
      ['merge', data.allow_merge_commit],
      ['squash', data.allow_squash_merge],
      ['rebase', data.allow_rebase_merge],
    ]
    const at = { ...this.#repo, branch: checkedBranch(branch) }
    const rules = await asked(this.#place, () =>
      this.#octokit.request('GET /repos/{owner}/{repo}/rules/branches/{branch}', at),
    )
    const whole = await asked(this.#place, () =>
      this.#octokit.request('GET /repos/{owner}/{repo}/branches/{branch}', at),
    )
    return {
      methods: allowed.flatMap(([method, is]) => (is === false ? [] : [method])),
      isRuled: whole.data.protected || rules.data.some(({ type }) => !HARMLESS_RULES.has(type)),
    }
  }

  async merge(number: number, head: string, method: MergeMethod): Promise<string | undefined> {
    const content = { ...this.#repo, pull_number: number, sha: head, merge_method: method }
    const send = async () => {
      try {
        await this.#octokit.request('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', content)
        return { refused: undefined }
      } catch (error) {
        if (statusOf(error) === 405) return { refused: messageOf(error) }
        if (statusOf(error) !== 409) throw error
        throw new MovedError(`The head of pull request ${number} was moved in the meantime.`, { cause: error })
      }
    }
    const look = async () => ((await this.pull(number))?.merged === true ? { refused: undefined } : undefined)
    return (await written(this.#place, send, look)).refused
  }

  async addLabels(number: number, labels: readonly string[]): Promise<void> {
    const content = { ...this.#repo, issue_number: number, labels: [...labels] }
    const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels'
    await written(this.#place, () => this.#octokit.request(route, content))
  }

  async createCheck(head: string, content: CheckContent): Promise<CheckFacts> {
    const body = { ...this.#repo, name: CHECK_NAME, head_sha: head, ...checkBody(content) }
    return written(
      this.#place,
      async () => checkOf((await this.#octokit.request('POST /repos/{owner}/{repo}/check-runs', body)).data),
      async () => {
        const newest = await this.check(head)
        const same = newest?.record === content.record && newest.status === content.status
        return same && newest.conclusion === content.conclusion ? newest : undefined
      },
    )
  }

  async updateCheck(id: number, content: CheckContent): Promise<void> {
    const body = { ...this.#repo, check_run_id: id, ...checkBody(content) }
    const route = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}'
    await written(this.#place, () => this.#octokit.request(route, body))
  }
}

function whereOf(url: string): 'issue' | 'pull' {
  return url.includes('/pull/') ? 'pull' : 'issue'
}

function sameText(one: string, other: string): boolean {
  const plain = (text: string) => text.replaceAll('\r\n', '\n').trim()
  return plain(one) === plain(other)
}

function checkBody(content: CheckContent) {
  const { status, conclusion, title, summary, buttons, detailsUrl } = content
  if (status === 'completed' && conclusion === undefined) throw new BugError('A completed check has no conclusion.')
  return {
    status,
    // A conclusion by itself would complete the run.
    ...(status === 'completed' ? { conclusion } : {}),
    ...(detailsUrl === undefined ? {} : { details_url: detailsUrl }),
    output: { title, summary: summary.slice(0, MAX_CHECK_TEXT), text: packText(content) },
    actions: buttons.map(({ id, label, description }) => ({ identifier: id, label, description })),
  }
}
