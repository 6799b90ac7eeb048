/**
 * Checks requests and answers against GitHub's own description of its REST API (`github.json`, made by `scripts/trim-openapi.ts`).
 * A route that is not described, a status that is not documented, a field that a request may not have: each is an error.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import type { Exchange } from '../../../src/embedded/embedded.ts'

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: unknown
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
}
type Content = Readonly<Record<string, { readonly schema: Schema }>>
interface Parameter {
  readonly $ref?: string
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly schema: Schema
}
interface Operation {
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Content }>>
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

const ROOT = 'github'
const text = readFileSync(join(import.meta.dirname, 'github.json'), 'utf8')
const description = JSON.parse(text.replaceAll('"#/components/', `"${ROOT}#/components/`)) as Description

/** Any route may answer so, documented or not: it moved, who asks may not, too often, what is asked for is gone, GitHub is ill. */
const ALWAYS_POSSIBLE = new Set([301, 307, 401, 403, 404, 410, 429, 500, 502, 503])
const REDIRECTS = new Set([301, 302, 307])
/** What GitHub answers and does not describe. */
const UNDOCUMENTED: ReadonlyMap<string, number> = new Map([
  // For a commit that does not exist, and for what breaks the limits of a check run.
  ['POST /repos/{owner}/{repo}/check-runs', 422],
  ['PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', 422],
])
const MOST_ERRORS = 12

function makeAjv(coerceTypes: boolean): Ajv {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    logger: false,
    ...(coerceTypes ? { coerceTypes: 'array' } : {}),
  })
  formats.default(ajv)
  // The address of an App's commits has brackets in it: 1+graft[bot]@…
  ajv.addFormat('email', /^\S+@\S+$/)
  return ajv.addSchema({ $id: ROOT, components: description.components })
}
const bodies = makeAjv(false)
/** Parameters arrive as text. */
const parameters = makeAjv(true)
const compiled = new Map<object, ValidateFunction>()

/** Compiled when it is first needed: most runs meet few of the routes. */
function check(ajv: Ajv, schema: object, value: unknown, what: string): string[] {
  let validate = compiled.get(schema)
  if (validate === undefined) {
    validate = ajv.compile(schema)
    compiled.set(schema, validate)
  }
  if (validate(value)) return []
  // That it is not null either, and that no alternative fits, says nothing beside what is wrong with each.
  const errors = validate.errors ?? []
  const telling = errors.filter(({ keyword, params }) => keyword !== 'anyOf' && params.type !== 'null')
  const found = (telling.length > 0 ? telling : errors).map(({ instancePath, message, params }) => {
    const detail = Object.values(params)[0]
    const more = typeof detail === 'string' && !message?.includes(detail) ? ` (${detail})` : ''
    return `${what}${instancePath} ${message}${more}`
  })
  const unique = [...new Set(found)]
  return unique.length > MOST_ERRORS ? [...unique.slice(0, MOST_ERRORS), `${what}: and more`] : unique
}

function component<T extends { readonly $ref?: string }>(value: T): T {
  const [, room = '', name = ''] = /#\/components\/(\w+)\/(.+)$/.exec(value.$ref ?? '') ?? []
  return value.$ref === undefined ? value : (description.components[room]?.[name] as T)
}

/** Routes of the description, `GET /repos/{owner}/{repo}`. */
export function describedRoutes(): string[] {
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
}

/** What is wrong with an exchange: nothing, or one line for each violation, beginning with the route. */
export function validateExchange(exchange: Exchange): string[] {
  const { method, status } = exchange
  // GitHub describes the listing of the root folder only together with a path.
  const route = exchange.route?.replace(/\/contents$/, '/contents/{path}')
  const operation = route === undefined ? undefined : description.paths[route]?.[method.toLowerCase()]
  const title = `${method} ${route ?? exchange.path}`
  if (operation === undefined || route === undefined) return [`${title}: unknown route`]
  const answered = status === 0 ? [] : checkAnswer(exchange, operation)
  // What was refused as a malformed request may be malformed.
  const refused = status === 400 || status === 422
  const asked = refused
    ? []
    : [...checkParameters(exchange, route, operation), ...checkRequestBody(exchange, operation)]
  return [...asked, ...answered].map((problem) => `${title} ${status}: ${problem}`)
}

const parameterSchemas = new Map<Operation, { readonly path: object; readonly query: object }>()

function schemasOf(operation: Operation): { readonly path: object; readonly query: object } {
  const known = parameterSchemas.get(operation)
  if (known !== undefined) return known
  const all = operation.parameters.map(component)
  const schemaOf = (place: Parameter['in']) => {
    const these = all.filter((parameter) => parameter.in === place)
    return {
      type: 'object',
      properties: Object.fromEntries(these.map(({ name, schema }) => [name, schema])),
      required: these.filter(({ required }) => required).map(({ name }) => name),
      additionalProperties: false,
    }
  }
  const schemas = { path: schemaOf('path'), query: schemaOf('query') }
  parameterSchemas.set(operation, schemas)
  return schemas
}

function checkParameters({ path }: Exchange, route: string, operation: Operation): string[] {
  const [pathname = '', ...query] = path.split('?')
  const names = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
  // The last parameter may hold slashes (`{path}`, `{ref}`).
  const last = names.length - 1
  let place = 0
  const source = route
    .replace(/\/\{path\}$/, '/?{path}')
    .replace(/\{\w+\}/g, () => (place++ === last ? '(.*)' : '([^/]+)'))
  const found = new RegExp(`${source}$`).exec(pathname)
  if (found === null) return [`the path ${pathname} is not of this route`]
  const inPath = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')]))
  const inQuery: Record<string, string | string[]> = {}
  for (const [name, value] of new URLSearchParams(query.join('?'))) {
    const before = inQuery[name]
    inQuery[name] = before === undefined ? value : [before, value].flat()
  }
  const schemas = schemasOf(operation)
  return [...check(parameters, schemas.path, inPath, 'path'), ...check(parameters, schemas.query, inQuery, 'query')]
}

function checkRequestBody({ requestBody: body }: Exchange, operation: Operation): string[] {
  const described = operation.requestBody
  const schema = described?.content['application/json']?.schema
  if (body === undefined) return described?.required ? ['request: a body is required'] : []
  if (schema === undefined) {
    const empty = typeof body === 'object' && body !== null && Object.keys(body).length === 0
    return empty ? [] : ['request: no body is documented']
  }
  const known = fieldsOf(schema)
  const unknown =
    known === undefined || typeof body !== 'object' || body === null || Array.isArray(body) ? [] : Object.keys(body)
  return [
    ...check(bodies, schema, body, 'request'),
    ...unknown.filter((name) => !known?.has(name)).map((name) => `request: undocumented field ${name}`),
  ]
}

/** Names of all documented fields; undefined where any name is allowed. */
function fieldsOf(schema: Schema): ReadonlySet<string> | undefined {
  const resolved = component(schema)
  const free = resolved.additionalProperties !== undefined && resolved.additionalProperties !== false
  const inner = [...(resolved.anyOf ?? []), ...(resolved.allOf ?? [])].filter(
    ({ type }) => type === undefined || type === 'object',
  )
  if (free || (resolved.properties === undefined && inner.length === 0)) return undefined
  const names = new Set(Object.keys(resolved.properties ?? {}))
  for (const one of inner) for (const name of fieldsOf(one) ?? []) names.add(name)
  return names
}

function checkAnswer(exchange: Exchange, operation: Operation): string[] {
  const { status, responseBody: body, headers } = exchange
  if (REDIRECTS.has(status) && headers.location === undefined) return ['answer: a redirect without location']
  const documented = operation.responses[status] ?? operation.responses[`${Math.floor(status / 100)}XX`]
  if (documented === undefined) {
    const possible = ALWAYS_POSSIBLE.has(status) || UNDOCUMENTED.get(`${exchange.method} ${exchange.route}`) === status
    if (!possible) return [`undocumented status; documented: ${Object.keys(operation.responses).join(', ')}`]
    return check(bodies, { $ref: `${ROOT}#/components/schemas/basic-error` }, body, 'answer')
  }
  const content = component(documented).content
  const schema = Object.entries(content ?? {}).find(([type]) => /^application\/(\w[\w.-]*\+)?json$/.test(type))?.[1]
    .schema
  // Files and diffs that were asked for as such (`Accept: …raw`, `…diff`) are described as JSON only.
  const other = status < 300 && /^(?!application\/json)./.test(headers['content-type'] ?? '')
  if (schema !== undefined) return other ? [] : check(bodies, schema, body, 'answer')
  const empty = body === undefined || body === null || body === ''
  return empty || content !== undefined || status >= 400 ? [] : ['answer: no body is documented']
}
