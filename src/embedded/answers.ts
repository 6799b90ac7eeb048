/** Answers that many routes give: refusals, one page of a list. */
import type { Issue } from './entities.ts'
import type { Answer, Call } from './world.ts'

/** A refusal, thrown by handlers. */
export class ApiError extends Error {
  readonly status: number
  readonly errors: readonly unknown[] | undefined
  readonly headers: Readonly<Record<string, string>> | undefined

  constructor(
    status: number,
    message: string,
    errors?: readonly unknown[],
    headers?: Readonly<Record<string, string>>,
  ) {
    super(message)
    this.status = status
    this.errors = errors
    this.headers = headers
  }
}

/** 404 as GitHub says it. */
export function notFound(): ApiError {
  return new ApiError(404, 'Not Found')
}

/** 422 with `errors` entries, e.g. `{ resource: 'PullRequest', code: 'custom', message: '…' }`. */
export function invalid(message = 'Validation Failed', errors?: readonly unknown[]): ApiError {
  return new ApiError(422, message, errors)
}

/** Issue or pull request of a number; 404 when there is none, 410 when it was deleted, 301 when it was transferred. */
export function issueOf(call: Call, param = 'issue_number'): Issue {
  const issue = call.repository.issues.get(call.number(param))
  if (issue === undefined) throw notFound()
  if (issue.removed === 'deleted') throw new ApiError(410, 'This issue was deleted')
  if (issue.removed === 'transferred') {
    // To a repository that the App is not installed on: who follows finds nothing.
    const location = `${call.world.apiUrl}/repositories/0/issues/${issue.number}`
    throw new ApiError(301, 'Moved Permanently', undefined, { location })
  }
  return issue
}

/** One page of a list (`per_page` 30, at most 100; `page` 1), with the `link` header. */
export function page(call: Call, items: readonly unknown[], wrap?: (items: unknown[]) => unknown): Answer {
  const size = Math.min(100, Math.max(1, Number(call.query.get('per_page') ?? 30) || 30))
  const number = Math.max(1, Number(call.query.get('page') ?? 1) || 1)
  const last = Math.max(1, Math.ceil(items.length / size))
  const slice = items.slice((number - 1) * size, number * size)
  const link = (to: number, rel: string) => {
    const query = new URLSearchParams(call.query)
    query.set('page', String(to))
    return `<${call.world.apiUrl}${call.path}?${query}>; rel="${rel}"`
  }
  const links = [
    ...(number > 1 ? [link(number - 1, 'prev')] : []),
    ...(number < last ? [link(number + 1, 'next'), link(last, 'last')] : []),
    ...(number > 1 ? [link(1, 'first')] : []),
  ]
  return {
    status: 200,
    body: wrap === undefined ? slice : wrap(slice),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  }
}
