/** Fills the constant templates. Only checked text may be filled in: see the callers. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BugError } from '../values/errors.ts'

/** Reads a template and replaces each `{{key}}`. Raises BugError for a key without a value. */
export async function fillTemplate(
  templatesDir: string,
  path: string,
  values: Readonly<Record<string, string>>,
): Promise<string> {
  const template = await readFile(join(templatesDir, path), 'utf8')
  return template.replace(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const value = Object.hasOwn(values, key) ? values[key] : undefined
    if (value === undefined) throw new BugError(`The template ${path} has no value for ${key}.`)
    return value
  })
}
