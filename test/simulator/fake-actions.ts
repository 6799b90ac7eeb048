/** GitHub's side of a workflow, in memory: runs, their jobs and their artifacts. Every other request fails the test. */
import { ProbotOctokit } from 'probot'
import { onTestFinished } from 'vitest'

export interface FakeRun {
  readonly branch: string
  readonly commit: string
  readonly event?: 'push' | 'pull_request' | 'pull_request_target' | 'workflow_dispatch'
  readonly message?: string
  status?: 'queued' | 'in_progress' | 'completed'
  conclusion?: string | null
  readonly path?: string
  readonly from?: string
  steps?: readonly { readonly name: string; readonly status: string; readonly conclusion: string | null }[]
  artifacts?: readonly {
    readonly name: string
    readonly zip: Buffer
    readonly expired?: boolean
    readonly size?: number
  }[]
}

export function fakeActions() {
  const runs: FakeRun[] = []
  const asked: string[] = []
  const unexpected: string[] = []
  const state = { workflow: 'active' as string | undefined, gone: false }
  const view = (run: FakeRun, index: number) => ({
    id: 100 + index,
    run_attempt: 1,
    path: run.path ?? '.github/workflows/graft.yml',
    event: run.event ?? 'push',
    head_branch: run.branch,
    head_sha: run.commit,
    head_commit: { message: run.message ?? '' },
    head_repository: { full_name: run.from ?? 'Ann/Target' },
    status: run.status ?? 'queued',
    conclusion: run.conclusion ?? null,
    created_at: '2026-01-01T00:00:00Z',
    html_url: `https://github.test/runs/${100 + index}`,
  })
  const answer = (path: string, query: URLSearchParams): unknown => {
    const all = runs.map(view)
    const number = Number(/\d+/.exec(path)?.[0])
    if (path === '/runs') {
      const wanted = all.filter((run) =>
        [...query].every(([name, value]) => {
          if (name === 'branch') return run.head_branch === value
          if (name === 'event') return run.event === value
          return name !== 'head_sha' || run.head_sha === value
        }),
      )
      return { total_count: wanted.length, workflow_runs: wanted }
    }
    if (path === '/workflows/graft.yml') return state.workflow === undefined ? undefined : { state: state.workflow }
    const artifacts = runs.flatMap((run, of) =>
      (run.artifacts ?? []).map((artifact, n) => ({ ...artifact, of, id: of * 10 + n })),
    )
    if (path === `/runs/${number}/jobs`) return { jobs: [{ name: 'Test', steps: runs[number - 100]?.steps ?? [] }] }
    if (path === `/runs/${number}/artifacts`)
      return {
        artifacts: artifacts
          .filter((artifact) => artifact.of === number - 100)
          .map(({ id, name, zip, expired = false, size = zip.length }) => ({ id, name, expired, size_in_bytes: size })),
      }
    if (path === `/artifacts/${number}/zip`) return artifacts.find((artifact) => artifact.id === number)?.zip
    return null
  }
  const fetch = async (address: string, { method = 'GET' }: { method?: string } = {}): Promise<Response> => {
    const { pathname, searchParams } = new URL(address)
    const path = pathname.replace('/repos/ann/target/actions', '')
    asked.push(path)
    const given = method !== 'GET' ? null : state.gone ? undefined : answer(path, searchParams)
    if (given === null) unexpected.push(`${method} ${pathname}`)
    if (given instanceof Buffer)
      return new Response(new Uint8Array(given), { headers: { 'content-type': 'application/zip' } })
    return Response.json(given ?? { message: 'Not Found' }, { status: given == null ? 404 : 200 })
  }
  onTestFinished(() => {
    if (unexpected.length > 0) throw new Error(`Unexpected requests: ${unexpected.join(', ')}`)
  })
  const octokit = new ProbotOctokit({ request: { fetch }, throttle: { enabled: false }, retry: { enabled: false } })
  return { octokit, runs, asked, state }
}
