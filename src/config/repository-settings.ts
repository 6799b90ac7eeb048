/** The target repository's own settings for Graft: `.github/graft.yml`. Written by people, so everything in it is checked. */
import { load } from 'js-yaml'
import { z } from 'zod'
import { UserError } from '../values/errors.ts'

/** Where the settings stand. */
export const SETTINGS_PATH = '.github/graft.yml'
const MAX_LENGTH = 20_000

const settings = z.strictObject({
  /** Of the format; there is one so far. */
  version: z.literal(1),
})
export type RepositorySettings = z.infer<typeof settings>

/** Reads the settings. Raises UserError that names what is out of shape; aliases and large files are refused. */
export function parseSettings(text: string): RepositorySettings {
  if (text.length > MAX_LENGTH) throw wrong(`it is longer than ${MAX_LENGTH} characters`)
  let value: unknown
  try {
    value = load(text, { maxAliases: 0 })
  } catch (error) {
    throw wrong('it is no valid YAML without aliases', error)
  }
  const result = settings.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const place = issue?.path.join('.')
  throw wrong(place ? `${place}: ${issue?.message}` : `${issue?.message ?? 'out of shape'} (expected "version: 1")`)
}

function wrong(what: string, cause?: unknown): UserError {
  return new UserError(`${SETTINGS_PATH} cannot be used: ${what}. Correct it and commit it.`, { cause })
}
