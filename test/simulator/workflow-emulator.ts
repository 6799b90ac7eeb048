/** As much of GitHub's runner as the workflow needs: conditions, expressions, three actions, and `run` steps in bash. */
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { z } from 'zod'
import { WORKFLOW_PATH } from '../../src/config/job-files.ts'
import { writeZip } from '../../src/simulator/zip.ts'

const step = z.strictObject({
  name: z.string(),
  if: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.boolean(), z.number()])).optional(),
  run: z.string().optional(),
})
const job = z.strictObject({
  name: z.string(),
  if: z.string(),
  'runs-on': z.string(),
  'timeout-minutes': z.number(),
  steps: z.array(step),
})
const workflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({ pull_request: z.null(), push: z.strictObject({ branches: z.array(z.string()) }) }),
  permissions: z.record(z.string(), z.string()),
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.boolean() }),
  env: z.record(z.string(), z.string()),
  jobs: z.record(z.string(), job),
})

/** The workflow, with no key that is not known here. */
export function parseWorkflow(text: string): z.infer<typeof workflow> {
  return workflow.parse(load(text))
}

/** The context `github` of an event. */
export interface EventContext {
  readonly event_name: 'push' | 'pull_request'
  readonly repository: string
  readonly sha: string
  readonly ref_name: string
  readonly head_ref: string
  readonly event: {
    readonly deleted?: boolean
    readonly pull_request?: { readonly head: { readonly sha: string; readonly repo: { readonly full_name: string } } }
  }
}

export function pushed(branch: string, sha = 'a'.repeat(40)): EventContext {
  return {
    event_name: 'push',
    repository: 'ann/target',
    sha,
    ref_name: branch,
    head_ref: '',
    event: { deleted: false },
  }
}

/** `sha` of the event is that of the merge commit. */
export function pullRequest(branch: string, sha = 'a'.repeat(40), from = 'ann/target'): EventContext {
  const event = { pull_request: { head: { sha, repo: { full_name: from } } } }
  return {
    event_name: 'pull_request',
    repository: 'ann/target',
    sha: 'f'.repeat(40),
    ref_name: '7/merge',
    head_ref: branch,
    event,
  }
}

/** Value of an expression. Operators and functions of the workflow mean the same in JavaScript; what is missing is empty. */
export function evaluate(
  expression: string,
  github: EventContext,
  env: Readonly<Record<string, string>> = {},
): unknown {
  const get = (path: string) => {
    let value: unknown = { github, env }
    for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key]
    return value ?? ''
  }
  const startsWith = (text: string, start: string) => text.startsWith(start)
  const contains = (text: string, part: string) => text.includes(part)
  const cancelled = () => false
  const known = { get, startsWith, contains, cancelled }
  const body = expression
    .replace(/^\$\{\{|\}\}$/g, '')
    .replace(/\b(?:github|env)(?:\.\w+)+/g, (path) => `get(${JSON.stringify(path)})`)
  return new Function(...Object.keys(known), `return (${body})`)(...Object.values(known))
}

/** Names of the jobs that an event starts. */
export function jobsOf(text: string, github: EventContext): string[] {
  return Object.entries(parseWorkflow(text).jobs).flatMap(([name, { if: condition }]) =>
    evaluate(condition, github) ? [name] : [],
  )
}

export interface Ran {
  readonly job: string
  readonly steps: readonly {
    readonly name: string
    readonly ok: boolean
    readonly log: string
    readonly seconds: number
  }[]
  readonly artifacts: readonly { readonly name: string; readonly zip: Buffer }[]
}

/**
 * Runs the one job that an event starts, on a clone of a repository.
 *
 * @param repository folder of the repository that the event is of
 * @param folder an empty folder for the clone and the job's work
 */
export async function runWorkflow(repository: string, github: EventContext, folder: string): Promise<Ran> {
  const head = github.event.pull_request?.head.sha ?? github.sha
  const text = execFileSync('git', ['-C', repository, 'show', `${head}:${WORKFLOW_PATH}`], { encoding: 'utf8' })
  const [name = '', ...more] = jobsOf(text, github)
  if (more.length > 0) throw new Error('Two jobs were started.')
  const found = parseWorkflow(text).jobs[name]
  const [workspace, work] = [join(folder, 'workspace'), join(folder, 'work')]
  // The programs run a package as nobody, who must get as far as the job's folder.
  chmodSync(folder, 0o755)
  mkdirSync(workspace)
  const env = {
    GRAFT_WORK: work,
    GITHUB_WORKSPACE: workspace,
    GITHUB_REF_NAME: github.ref_name,
    GITHUB_HEAD_REF: github.head_ref,
  }
  const value = (given: unknown) =>
    String(given).replace(/\$\{\{(.*?)\}\}/g, (_, inner: string) => String(evaluate(inner, github, env)))
  const steps: Ran['steps'][number][] = []
  const artifacts: Ran['artifacts'][number][] = []
  let failed = false
  for (const { name: title, if: condition, uses, run, with: inputs = {} } of found?.steps ?? []) {
    if (condition === undefined ? failed : !evaluate(condition, github, env)) continue
    const began = performance.now()
    let [ok, log] = [true, '']
    if (uses?.startsWith('actions/checkout@')) {
      const ref = value(inputs.ref)
      execFileSync('git', ['clone', '--quiet', '--no-checkout', repository, workspace])
      execFileSync('git', ['-C', workspace, 'checkout', '--quiet', '--detach', ref])
    } else if (uses?.startsWith('actions/upload-artifact@')) {
      const from = value(inputs.path)
      const files = readdirSync(from).map((file) => [file, readFileSync(join(from, file), 'utf8')])
      artifacts.push({ name: value(inputs.name), zip: writeZip(Object.fromEntries(files)) })
    } else if (run !== undefined) {
      ;[ok, log] = await bash(run, workspace, env)
    } else if (!uses?.startsWith('actions/setup-python@')) throw new Error(`The step ${title} is not known here.`)
    failed ||= !ok
    steps.push({ name: title, ok, log, seconds: (performance.now() - began) / 1000 })
  }
  return { job: name, steps, artifacts }
}

function bash(script: string, cwd: string, env: Readonly<Record<string, string>>): Promise<[boolean, string]> {
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      log += chunk.toString('utf8')
    })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve([code === 0, log]))
  })
}
