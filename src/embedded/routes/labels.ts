/** Routes of labels: those of a repository, and those on an issue or pull request. */
import { z } from 'zod'
import { invalid, notFound, page } from '../answers.ts'
import type { Label } from '../entities.ts'
import { addLabels, createLabel, removeLabel, setLabels, tellLabel } from '../issue-changes.ts'
import { labelView } from '../views/issue.ts'
import type { Answer, Call, Route } from '../world.ts'
import { THREAD_READ, THREAD_WRITE, threadOf } from './threads.ts'

const color = z.string().regex(/^[0-9a-fA-F]{6}$/, 'color is no hexadecimal number of six digits')
const creation = z.object({
  name: z.string().min(1).max(50),
  color: color.optional(),
  description: z.string().nullish(),
})
const edition = z.object({
  new_name: z.string().min(1).max(50).optional(),
  color: color.optional(),
  description: z.string().nullish(),
})
const name = z.union([z.string(), z.object({ name: z.string() }).transform((label) => label.name)])
const names = z.union([
  z.object({ labels: z.array(name).optional() }).transform(({ labels }) => labels ?? []),
  z.array(name),
])

const ALL = '/repos/{owner}/{repo}/labels'
const ONE = `${ALL}/{name}`
const ON_ISSUE = '/repos/{owner}/{repo}/issues/{issue_number}/labels'

export const labelRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: ALL,
    access: THREAD_READ,
    handler: (call) =>
      page(
        call,
        [...call.repository.labels.values()].map((label) => labelView(call.world, call.repository, label)),
      ),
  },
  { method: 'POST', path: ALL, access: THREAD_WRITE, handler: create },
  { method: 'GET', path: ONE, access: THREAD_READ, handler: (call) => shown(call, labelOf(call)) },
  { method: 'PATCH', path: ONE, access: THREAD_WRITE, handler: edit },
  { method: 'DELETE', path: ONE, access: THREAD_WRITE, handler: remove },
  { method: 'GET', path: ON_ISSUE, access: THREAD_READ, handler: (call) => ofIssue(call, 'read') },
  {
    method: 'POST',
    path: ON_ISSUE,
    access: THREAD_WRITE,
    async handler(call) {
      await addLabels(call.world, call.repository, threadOf(call, 'write'), call.parse(names), call.account)
      return ofIssue(call, 'write')
    },
  },
  {
    method: 'PUT',
    path: ON_ISSUE,
    access: THREAD_WRITE,
    async handler(call) {
      await setLabels(call.world, call.repository, threadOf(call, 'write'), call.parse(names), call.account)
      return ofIssue(call, 'write')
    },
  },
  {
    method: 'DELETE',
    path: `${ON_ISSUE}/{name}`,
    access: THREAD_WRITE,
    async handler(call) {
      const issue = threadOf(call, 'write')
      const had = await removeLabel(call.world, call.repository, issue, call.params.name ?? '', call.account)
      if (!had) throw notFound()
      return ofIssue(call, 'write')
    },
  },
]

function shown(call: Call, label: Label, status = 200): Answer {
  return { status, body: labelView(call.world, call.repository, label) }
}

function ofIssue(call: Call, level: 'read' | 'write'): Answer {
  const labels = threadOf(call, level).labels.map((label) => labelView(call.world, call.repository, label))
  return call.method === 'GET' ? page(call, labels) : { status: 200, body: labels }
}

function labelOf(call: Call): Label {
  const label = call.repository.labels.get((call.params.name ?? '').toLowerCase())
  if (label === undefined) throw notFound()
  return label
}

function taken(label: string) {
  return invalid('Validation Failed', [{ resource: 'Label', code: 'already_exists', field: 'name', value: label }])
}

function create(call: Call): Answer {
  const { name: wanted, color: chosen = 'ededed', description = null } = call.parse(creation)
  if (call.repository.labels.has(wanted.toLowerCase())) throw taken(wanted)
  const input = { name: wanted, color: chosen.toLowerCase(), description }
  return shown(call, createLabel(call.world, call.repository, input, call.account), 201)
}

function edit(call: Call): Answer {
  const { labels } = call.repository
  const label = labelOf(call)
  const { new_name: wanted = label.name, color: chosen, description } = call.parse(edition)
  const holder = labels.get(wanted.toLowerCase())
  if (holder !== undefined && holder !== label) throw taken(wanted)
  labels.delete(label.name.toLowerCase())
  label.name = wanted
  label.color = chosen?.toLowerCase() ?? label.color
  if (description !== undefined) label.description = description
  labels.set(wanted.toLowerCase(), label)
  tellLabel(call.world, call.repository, 'edited', label, call.account)
  return shown(call, label)
}

function remove(call: Call): Answer {
  const label = labelOf(call)
  call.repository.labels.delete(label.name.toLowerCase())
  for (const issue of call.repository.issues.values()) {
    const place = issue.labels.indexOf(label)
    if (place >= 0) issue.labels.splice(place, 1)
  }
  tellLabel(call.world, call.repository, 'deleted', label, call.account)
  return { status: 204 }
}
