/**
 * Makes `test/support/openapi/github.json`: of GitHub's own description of its REST API only the routes in `routes.txt`, without
 * prose, as JSON schemas that ajv understands.
 *
 *     node scripts/run.js scripts/trim-openapi.ts FOLDER_OF_THE_PACKAGE_@octokit/openapi
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Fields = { [key: string]: Json }

const FOLDER = join(import.meta.dirname, '../test/support/openapi')
/** Keywords that say something about a value, and are kept as they are. */
const PLAIN =
  'type required enum const format pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems minLength maxLength minProperties maxProperties uniqueItems'.split(
    ' ',
  )

function fields(value: Json | undefined): Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}
}

function mapped(value: Json | undefined, change: (value: Json) => Json): Fields {
  return Object.fromEntries(Object.entries(fields(value)).map(([key, inner]) => [key, change(inner)]))
}

/** A schema without prose. OpenAPI 3.0's `nullable` becomes the type `null`; `oneOf` becomes `anyOf`, as GitHub's overlap. */
function schema(value: Json): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const { nullable, ...given } = value
  const result: Fields = {}
  if (given.$ref !== undefined) result.$ref = given.$ref
  for (const key of PLAIN) if (given[key] !== undefined) result[key] = given[key]
  if (given.properties !== undefined) result.properties = mapped(given.properties, schema)
  if (given.items !== undefined) result.items = schema(given.items)
  if (given.additionalProperties !== undefined) result.additionalProperties = schema(given.additionalProperties)
  if (given.not !== undefined) result.not = schema(given.not)
  if (Array.isArray(given.allOf)) result.allOf = given.allOf.map(schema)
  const any = [given.anyOf, given.oneOf].flatMap((list) => (Array.isArray(list) ? list.map(schema) : []))
  if (any.length > 0) result.anyOf = any
  return nullable === true ? { anyOf: [result, { type: 'null' }] } : result
}

function content(value: Json): Json {
  return mapped(value, (media) => ({ schema: schema(fields(media).schema ?? {}) }))
}

function parameter(value: Json): Json {
  const { $ref, name, in: place, required, schema: type } = fields(value)
  if ($ref !== undefined) return { $ref }
  return { name: name ?? '', in: place ?? '', required: required ?? false, schema: schema(type ?? {}) }
}

function response(value: Json): Json {
  const { $ref, content: body } = fields(value)
  if ($ref !== undefined) return { $ref }
  return body === undefined ? {} : { content: content(body) }
}

function operation(value: Json): Fields {
  const { parameters, requestBody, responses } = fields(value)
  const result: Fields = { parameters: (Array.isArray(parameters) ? parameters : []).map(parameter) }
  if (requestBody !== undefined) {
    const { required, content: body } = fields(requestBody)
    result.requestBody = { required: required ?? false, content: content(body ?? {}) }
  }
  result.responses = mapped(responses, response)
  return result
}

/** Where the description is wrong: there an account would have to be a user and an enterprise at once. */
function corrected(route: string, own: Fields): Fields {
  if (route !== 'GET /app/installations') return own
  const media = { schema: { type: 'array', items: { $ref: '#/components/schemas/installation' } } }
  return { ...own, responses: { ...fields(own.responses), 200: { content: { 'application/json': media } } } }
}

const TRIM: { readonly [room: string]: (value: Json) => Json } = {
  schemas: schema,
  parameters: parameter,
  responses: response,
}

/** Copies every component that something in `value` refers to, and what those refer to. */
function collect(value: Json, from: Fields, into: Fields): void {
  if (Array.isArray(value)) for (const inner of value) collect(inner, from, into)
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) collect(inner, from, into)
    const [, room, name] = /^#\/components\/(\w+)\/(.+)$/.exec(String(value.$ref)) ?? []
    const trim = TRIM[room ?? '']
    if (room === undefined || name === undefined || trim === undefined) return
    const kept = fields(into[room])
    if (name in kept) return
    const component = fields(from[room])[name]
    if (component === undefined) throw new Error(`${room} ${name} is missing`)
    const trimmed = trim(component)
    into[room] = { ...kept, [name]: trimmed }
    collect(trimmed, from, into)
  }
}

function trimmed(document: Fields, routes: readonly string[], version: string): Fields {
  const paths: Fields = {}
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ')
    const item = fields(fields(document.paths)[path])
    const found = item[method.toLowerCase()]
    if (found === undefined) throw new Error(`GitHub describes no route ${route}`)
    const own = operation(found)
    const shared = (Array.isArray(item.parameters) ? item.parameters : []).map(parameter)
    own.parameters = [...shared, ...(own.parameters as Json[])]
    paths[path] = { ...fields(paths[path]), [method.toLowerCase()]: corrected(route, own) }
  }
  const basic = { $ref: '#/components/schemas/basic-error' }
  const components: Fields = {}
  collect([paths, basic], fields(document.components), components)
  for (const room of Object.keys(components)) {
    components[room] = Object.fromEntries(Object.entries(fields(components[room])).sort(([a], [b]) => (a < b ? -1 : 1)))
  }
  const source = `@octokit/openapi ${version}, MIT licence (see LICENSE), trimmed by scripts/trim-openapi.ts`
  return { source, paths, components }
}

const [packageFolder] = process.argv.slice(2)
if (packageFolder === undefined) throw new Error('Give the folder of the package @octokit/openapi.')
const read = (path: string) => readFileSync(join(packageFolder, path), 'utf8')
const routes = readFileSync(join(FOLDER, 'routes.txt'), 'utf8')
  .split('\n')
  .filter((line) => /^[A-Z]/.test(line))
const { version } = JSON.parse(read('package.json')) as { version: string }
const document = trimmed(JSON.parse(read('generated/api.github.com.json')) as Fields, routes, version)
writeFileSync(join(FOLDER, 'github.json'), `${JSON.stringify(document)}\n`)
writeFileSync(join(FOLDER, 'LICENSE'), read('LICENSE'))
