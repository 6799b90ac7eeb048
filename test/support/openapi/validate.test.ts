import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Exchange } from '../../../src/embedded/embedded.ts'
import { describedRoutes, validateExchange } from './validate.ts'

const REPO = '/repos/{owner}/{repo}'
const sha = 'a'.repeat(40)

function exchange(more: Partial<Exchange>): Exchange {
  return {
    ...{ number: 1, method: 'GET', path: '/repos/an-owner/a.repo', route: REPO, actor: 'installation:1' },
    ...{ requestBody: undefined, status: 200, responseBody: undefined, headers: {}, at: 0, ...more },
  }
}

const reference = {
  ref: 'refs/heads/graft/12-toy',
  node_id: 'x',
  url: 'https://api.example/repos/an-owner/a.repo/git/refs/heads/graft/12-toy',
  object: { type: 'commit', sha, url: `https://api.example/repos/an-owner/a.repo/git/commits/${sha}` },
}
const createRef = exchange({
  ...{ method: 'POST', path: '/repos/an-owner/a.repo/git/refs', route: `${REPO}/git/refs`, status: 201 },
  ...{ requestBody: { ref: 'refs/heads/graft/12-toy', sha }, responseBody: reference },
})
const list = exchange({
  path: '/repos/an-owner/a.repo/issues?state=all&labels=graft&per_page=100&page=1&since=2026-01-01T00%3A00%3A00Z',
  ...{ route: `${REPO}/issues`, responseBody: [] },
})
const editPull = exchange({
  ...{ method: 'PATCH', path: '/repos/an-owner/a.repo/pulls/7', route: `${REPO}/pulls/{pull_number}`, status: 403 },
  ...{ requestBody: { body: 'text' }, responseBody: { message: 'Resource not accessible by integration' } },
})

test('what is right passes', () => {
  const deletion = { method: 'DELETE', path: '/repos/an-owner/a.repo/git/refs/heads/graft/12-toy', status: 204 }
  const root = { path: '/repos/an-owner/a.repo/contents?ref=main', route: `${REPO}/contents`, responseBody: [] }
  for (const one of [
    createRef,
    list,
    editPull,
    exchange({ ...deletion, route: `${REPO}/git/refs/{ref}` }),
    exchange(root),
    exchange({ status: 404, responseBody: { message: 'Not Found', documentation_url: 'https://docs.example' } }),
    exchange({ status: 502, responseBody: { message: 'Server Error' } }),
    { ...createRef, status: 0, responseBody: undefined },
    // Malformed requests may be refused as such.
    {
      ...createRef,
      requestBody: {},
      status: 422,
      responseBody: { message: 'Validation Failed', errors: [], documentation_url: 'https://docs.example' },
    },
  ]) {
    expect(validateExchange(one)).toEqual([])
  }
})

test.each<[string, Exchange, RegExp]>([
  ['an unknown route', exchange({ route: undefined, path: '/nowhere' }), /^GET \/nowhere: unknown route$/],
  ['a route that is not listed', exchange({ route: `${REPO}/git/notes` }), /unknown route$/],
  ['a method that the route has not', exchange({ method: 'PUT' }), /unknown route$/],
  ['a path of another route', { ...createRef, path: '/repos/an-owner/git/refs' }, /is not of this route/],
  ['a status that is not documented', { ...createRef, status: 200 }, /undocumented status; documented: 201/],
  ['no body where one is required', { ...createRef, requestBody: undefined }, /request: a body is required/],
  [
    'a body without a required field',
    { ...createRef, requestBody: { sha } },
    /request must have required property 'ref'/,
  ],
  [
    'a field of another type',
    { ...createRef, requestBody: { ref: 'refs/heads/a', sha: 7 } },
    /request\/sha must be string/,
  ],
  [
    'a field that is not documented',
    { ...createRef, requestBody: { ref: 'a', sha, forced: true } },
    /undocumented field forced/,
  ],
  ['a body where none is documented', exchange({ requestBody: { a: 1 } }), /request: no body is documented/],
  [
    'an unknown parameter',
    { ...list, path: `${list.path}&colour=red` },
    /query must NOT have additional properties \(colour\)/,
  ],
  [
    'a parameter out of range',
    { ...list, path: list.path.replace('state=all', 'state=lost') },
    /query\/state must be equal to one of/,
  ],
  [
    'a parameter of another type',
    { ...list, path: list.path.replace('page=100', 'page=many') },
    /query\/per_page must be integer/,
  ],
  [
    'a number in the path that is none',
    { ...editPull, path: '/repos/an-owner/a.repo/pulls/x' },
    /path\/pull_number must be integer/,
  ],
  [
    'an answer without a required field',
    { ...createRef, responseBody: { ...reference, node_id: undefined, object: {} } },
    /answer\/object must have required/,
  ],
  [
    'an answer with a wrong address',
    { ...createRef, responseBody: { ...reference, url: 'here' } },
    /answer\/url must match format "uri"/,
  ],
  ['no answer where one is documented', { ...createRef, responseBody: undefined }, /answer must be object/],
  [
    'an answer where none is documented',
    exchange({
      method: 'DELETE',
      path: '/repos/an-owner/a.repo/git/refs/x',
      route: `${REPO}/git/refs/{ref}`,
      status: 204,
      responseBody: {},
    }),
    /answer: no body is documented/,
  ],
  ['a refusal that is no error object', exchange({ status: 401, responseBody: 'no' }), /answer must be object/],
  [
    'a redirect to nowhere',
    exchange({ status: 301, responseBody: { message: 'Moved Permanently' } }),
    /without location/,
  ],
  ['an item of a list', { ...list, responseBody: [{ id: 1 }] }, /answer\/0 must have required property/],
])('%s is an error', (_, one, expected) => {
  const problems = validateExchange(one)
  expect(problems.join('\n')).toMatch(expected)
  for (const problem of problems) expect(problem.startsWith(one.method)).toBe(true)
})

test('where GitHub allows null, null passes; where it does not, it does not', () => {
  const comment = (body: unknown) =>
    exchange({
      ...{ method: 'POST', path: '/repos/a/b/check-runs', route: `${REPO}/check-runs`, status: 403 },
      ...{ requestBody: body, responseBody: { message: 'no' } },
    })
  expect(validateExchange(comment({ name: 'graft', head_sha: sha, status: 'queued' }))).toEqual([])
  expect(validateExchange(comment({ name: null, head_sha: sha, status: 'queued' })).join()).toMatch(/name/)
  const owner = exchange({ path: '/users/a', route: '/users/{username}', responseBody: { name: null } })
  expect(validateExchange(owner).join()).not.toMatch(/answer\/name/)
})

test('the limits of a check run hold: three buttons, short labels, 65,535 characters', () => {
  const button = { label: 'Approve all', description: 'Approves every change.', identifier: 'approve_all' }
  const problems = (more: object) =>
    validateExchange(
      exchange({
        ...{ method: 'POST', path: '/repos/a/b/check-runs', route: `${REPO}/check-runs`, status: 403 },
        ...{ requestBody: { name: 'graft', head_sha: sha, ...more }, responseBody: { message: 'no' } },
      }),
    ).join('\n')
  expect(problems({ actions: [button, button, button] })).toBe('')
  expect(problems({ actions: [button, button, button, button] })).toMatch(/actions must NOT have more than 3 items/)
  expect(problems({ actions: [{ ...button, label: 'x'.repeat(21) }] })).toMatch(/label must NOT have more than 20 char/)
  expect(problems({ output: { title: 't', summary: 'x'.repeat(65_536) } })).toMatch(
    /summary must NOT have more than 65535/,
  )
})

test('the description is of exactly the routes in the list, and says where it is from', () => {
  const folder = import.meta.dirname
  const routes = readFileSync(join(folder, 'routes.txt'), 'utf8')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
  expect(describedRoutes().sort()).toEqual(routes.sort())
  const text = readFileSync(join(folder, 'github.json'), 'utf8')
  expect(text.slice(0, 60)).toMatch(/@octokit\/openapi \d+\.\d+\.\d+/)
  expect(text.length).toBeLessThan(300_000)
  expect(readFileSync(join(folder, 'LICENSE'), 'utf8')).toContain('MIT License')
})
