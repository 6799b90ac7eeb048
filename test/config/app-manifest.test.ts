import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const root = join(import.meta.dirname, '../..')
const text = readFileSync(join(root, 'app.yml'), 'utf8')
const docs = readFileSync(join(root, 'docs/permissions.md'), 'utf8')
const manifest = z
  .strictObject({
    name: z.string().max(34),
    description: z.string(),
    public: z.literal(false),
    default_permissions: z.record(z.string(), z.enum(['read', 'write'])),
    default_events: z.array(z.string()),
  })
  .parse(parse(text))

/** Rows of the table below a heading, as cells without code marks. */
function rows(heading: string): string[][] {
  const section = docs.split(/^#+ /m).find((part) => part.startsWith(heading)) ?? ''
  const lines = section.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.replaceAll('`', '').trim()),
  )
}

test('the documentation lists each permission with its level, what it is for, and what fails without it', () => {
  const table = rows('What the App may do')
  expect(Object.fromEntries(table.map(([name, level]) => [name, level]))).toEqual(manifest.default_permissions)
  for (const cells of table) expect(cells.every((cell) => cell.length > 3)).toBe(true)
  expect(table).toHaveLength(7)
  expect(docs).toContain('seven permissions')
})

test('every permission has its reason in the manifest, and none is asked for that the documentation says is not', () => {
  for (const name of Object.keys(manifest.default_permissions)) {
    expect(text).toMatch(new RegExp(`^  # .*\\n(?:  # .*\\n)*  ${name}: `, 'm'))
  }
  const unwanted = rows('Not asked for').flatMap(([names]) => names?.match(/\b[a-z]+\b/g) ?? [])
  for (const name of Object.keys(manifest.default_permissions)) expect(unwanted).not.toContain(name)
  expect(unwanted).toContain('workflows')
})

test('every event is listed, with a permission that the App has', () => {
  const table = rows('Events')
  const events = table.flatMap(([names]) => names?.split(', ') ?? [])
  expect(events.sort()).toEqual([...manifest.default_events, 'installation', 'installation_repositories'].sort())
  for (const [, needs = ''] of table) {
    if (needs !== '–') expect(manifest.default_permissions).toHaveProperty(needs.replaceAll(' ', '_'))
  }
})
