/** A repository and its threads in memory, behind both ports. Whatever is not expected of it raises. */
import { createHash } from 'node:crypto'
import type {
  CheckContent,
  CheckFacts,
  CommentFacts,
  Hub,
  IssueFacts,
  MergeRules,
  Permission,
  PullFacts,
  ReviewFacts,
} from '../../../src/integration/hub.ts'
import { type LogEntry, MovedError, type PublishInput, type Repository } from '../../../src/repository/repository.ts'
import * as facts from './facts.ts'

interface Commit extends LogEntry {
  readonly files: ReadonlyMap<string, string>
}

const digest = (text: string) => createHash('sha1').update(text).digest('hex')

export class FakeGithub implements Hub, Repository {
  readonly owner = 'lab'
  readonly repository = 'proxima'
  readonly commits = new Map<string, Commit>()
  readonly refs = new Map<string, string>()
  /** What is kept under a name of its own, beside the branches. */
  readonly marks = new Map<string, string>()
  readonly issues = new Map<number, IssueFacts>()
  readonly threads = new Map<number, CommentFacts[]>()
  readonly checks: CheckFacts[] = []
  readonly permissions = new Map<string, Permission>()
  readonly reviewsOf = new Map<number, ReviewFacts[]>()
  readonly pulls: PullFacts[] = []
  /** One entry for each write. */
  readonly writes: string[] = []
  /** Asked before each write; what it raises is the answer. */
  refuse: (write: string) => void = () => undefined
  now = Date.parse(facts.NOW)
  #next = 100

  constructor(files: ReadonlyMap<string, string>) {
    this.refs.set('main', this.#commit('', files, 'first', false))
  }

  #commit(parent: string, files: ReadonlyMap<string, string>, message: string, ours: boolean): string {
    const tree = digest([...files].sort().join('\n'))
    const commit = digest(`${parent} ${tree} ${message} ${this.commits.size}`)
    this.commits.set(commit, {
      commit,
      parent,
      tree,
      author: 'x <x@example.org>',
      ours,
      at: this.#at(),
      message,
      files,
    })
    return commit
  }

  #write(what: string): void {
    this.refuse(what)
    this.writes.push(what)
  }

  #at(): string {
    return new Date(this.now).toISOString()
  }

  /** A person's commit on a branch. */
  push(branch: string, path: string, content: string | undefined): string {
    const head = this.#known(this.refs.get(branch) ?? '')
    const files = new Map(head.files)
    if (content === undefined) files.delete(path)
    else files.set(path, content)
    const commit = this.#commit(head.commit, files, `edit ${path}`, false)
    this.refs.set(branch, commit)
    return commit
  }

  landed(number: number): void {
    const pull = this.#pull(number)
    const head = this.#known(pull.head.sha)
    const commit = this.#commit(this.refs.get('main') ?? '', head.files, `Merge #${number}`, false)
    this.refs.set('main', commit)
    this.#replace({ ...pull, state: 'closed', merged: true, mergeCommit: commit })
  }

  say(number: number, login: string, body: string): number {
    const where = this.issues.get(number)?.isPull === false ? ('issue' as const) : ('pull' as const)
    return this.#add(number, { body, where, ours: false, author: { login, kind: 'person' } }).id
  }

  #add(number: number, over: Partial<CommentFacts>): CommentFacts {
    const times = { createdAt: this.#at(), updatedAt: this.#at() }
    const made = { ...facts.comment(this.#next, ''), ...times, ...over }
    this.#next += 1
    this.threads.set(number, [...(this.threads.get(number) ?? []), made])
    return made
  }

  #pull(number: number): PullFacts {
    const found = this.pulls.find((pull) => pull.number === number)
    if (found === undefined) throw new Error(`There is no pull request ${number}.`)
    return { ...found, head: { ...found.head, sha: this.refs.get(found.head.ref) ?? found.head.sha } }
  }

  #replace(pull: PullFacts): void {
    this.pulls.splice(
      this.pulls.findIndex(({ number }) => number === pull.number),
      1,
      pull,
    )
  }

  #known(commit: string): Commit {
    const found = this.commits.get(commit)
    if (found === undefined) throw new Error(`There is no commit ${commit}.`)
    return found
  }

  // The hub.

  async issue(number: number) {
    return this.issues.get(number)
  }
  async comments(number: number) {
    return this.threads.get(number) ?? []
  }
  async requests() {
    return [...this.issues.values()].filter(({ isPull }) => !isPull).reverse()
  }
  async pullsOf(branch: string) {
    return this.pulls
      .filter(({ head }) => head.ref === branch)
      .map(({ number }) => this.#pull(number))
      .reverse()
  }
  async pull(number: number) {
    return this.pulls.some((pull) => pull.number === number) ? this.#pull(number) : undefined
  }
  async reviews(number: number) {
    return this.reviewsOf.get(number) ?? []
  }
  async check(commit: string) {
    return this.checks.findLast(({ head }) => head === commit)
  }
  async permission(login: string) {
    return this.permissions.get(login) ?? ('none' as const)
  }
  async writers() {
    return [...this.permissions].flatMap(([login, level]) => (level === 'write' || level === 'admin' ? [login] : []))
  }
  async branches(prefix: string) {
    return [...this.refs.keys()].filter((name) => name.startsWith(prefix))
  }
  async createComment(number: number, body: string) {
    this.#write('comment')
    const where = this.issues.get(number)?.isPull === false ? ('issue' as const) : ('pull' as const)
    return this.#add(number, { body, where, ours: true, author: { login: 'graft[bot]', kind: 'bot' } })
  }
  async editComment(id: number, body: string) {
    this.#write('edit')
    this.#change(id, (comment) => ({ ...comment, body, updatedAt: this.#at() }))
  }
  async react(id: number, reaction: CommentFacts['reactions'][number]) {
    this.#write(`react ${reaction}`)
    this.#change(id, (comment) => ({ ...comment, reactions: [...comment.reactions, reaction] }))
  }
  #change(id: number, change: (comment: CommentFacts) => CommentFacts): void {
    for (const [number, thread] of this.threads) {
      this.threads.set(
        number,
        thread.map((comment) => (comment.id === id ? change(comment) : comment)),
      )
    }
  }
  async createPull({ branch, base, title, body }: Parameters<Hub['createPull']>[0]) {
    this.#write('pull')
    if (this.pulls.some(({ head, state }) => head.ref === branch && state === 'open')) throw new Error('422')
    const sha = this.refs.get(branch) ?? ''
    const made = facts.pull({
      ...{ number: this.#next, title, body, head: { ref: branch, sha } },
      base: { ref: base, sha: this.refs.get(base) ?? '' },
    })
    this.#next += 1
    this.pulls.push(made)
    return made
  }
  async updatePull(number: number, changes: Parameters<Hub['updatePull']>[1]) {
    this.#write('update pull')
    this.#replace({ ...this.#pull(number), ...changes })
  }
  async mergeRules(): Promise<MergeRules> {
    return { methods: ['merge'], isRuled: false }
  }
  async merge(number: number) {
    this.#write('merge')
    this.landed(number)
    return undefined
  }
  async addLabels(number: number, labels: readonly string[]) {
    this.#write('label')
    const issue = this.issues.get(number)
    if (issue !== undefined) this.issues.set(number, { ...issue, labels: [...issue.labels, ...labels] })
    else this.#replace({ ...this.#pull(number), labels })
  }
  async createCheck(head: string, content: CheckContent) {
    this.#write('check')
    const made = { ...content, id: this.#next, head, startedAt: this.#at(), url: 'check' }
    this.#next += 1
    this.checks.push(made)
    return made
  }
  async updateCheck(id: number, content: CheckContent) {
    this.#write('check')
    const place = this.checks.findIndex((check) => check.id === id)
    const old = this.checks[place]
    if (old === undefined) throw new Error(`There is no check run ${id}.`)
    const { conclusion: _, ...rest } = old
    this.checks[place] = { ...rest, ...content }
  }

  // The repository.

  async base() {
    return { branch: 'main', commit: this.refs.get('main') ?? '' }
  }
  async head(branch: string) {
    return this.refs.get(branch)
  }
  async read(commit: string, path: string) {
    return this.#known(commit).files.get(path)
  }
  async list(commit: string, folder: string) {
    const root = folder === '' ? '' : `${folder}/`
    return [...this.#known(commit).files.keys()].filter((path) => path.startsWith(root))
  }
  async entries(commit: string) {
    return new Map([...this.#known(commit).files].map(([path, content]) => [path, `100644 ${digest(content)}`]))
  }
  async refuseTaken(branch: string) {
    if (this.refs.has(branch)) throw new Error(`${branch} is taken`)
  }
  async publish({ branch, expectedHead, parent, commits }: PublishInput) {
    this.#write(`publish ${branch} ${commits.length}`)
    for (const { files } of commits) for (const { path } of files) this.refuse(`file ${path}`)
    if (this.refs.get(branch) !== expectedHead) throw new MovedError(`${branch} was moved.`)
    let head = this.#known(parent)
    const results = commits.map(({ message, files }) => {
      const present = new Map(head.files)
      for (const file of files) {
        const content = 'entry' in file ? this.#contentOf(file.entry) : file.content
        if (content === null) present.delete(file.path)
        else present.set(file.path, content)
      }
      head = this.#known(this.#commit(head.commit, present, message, true))
      return { commit: head.commit, tree: head.tree }
    })
    this.refs.set(branch, head.commit)
    return results
  }
  #contentOf(entry: string): string {
    const all = [...this.commits.values()].flatMap(({ files }) => [...files.values()])
    const found = all.find((content) => entry === `100644 ${digest(content)}`)
    if (found === undefined) throw new Error(`There is no ${entry}.`)
    return found
  }
  async references(prefix: string) {
    return new Map([...this.marks].filter(([name]) => name.startsWith(prefix)))
  }
  async keep(reference: string, commit: string) {
    this.#write(`keep ${reference}`)
    if (this.marks.has(reference)) throw new MovedError(`${reference} is there.`)
    this.marks.set(reference, commit)
  }
  async deleteBranch(branch: string, expectedHead: string) {
    this.#write(`delete ${branch}`)
    if (this.refs.has(branch) && this.refs.get(branch) !== expectedHead) throw new MovedError(`${branch} was moved.`)
    this.refs.delete(branch)
  }
  async log(base: string, head: string) {
    const below = new Set<string>()
    for (let at = this.commits.get(base); at !== undefined; at = this.commits.get(at.parent)) below.add(at.commit)
    const entries: LogEntry[] = []
    for (let at = this.commits.get(head); at !== undefined && !below.has(at.commit); at = this.commits.get(at.parent)) {
      const { files: _, ...entry } = at
      entries.push(entry)
    }
    return entries.reverse()
  }
  withCheckout<T>(): Promise<T> {
    throw new Error('A runner elsewhere needs no checkout.')
  }
}
