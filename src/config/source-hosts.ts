/** Hosts that sources which a person names may be fetched from: the operator's list, never a request's. */
import { ConfigurationError } from '../values/errors.ts'

const DEFAULT_HOSTS = ['github.com', 'gitlab.com', 'codeberg.org', 'bitbucket.org']

/**
 * Hosts by name in lower case: `GRAFT_SOURCE_HOSTS`, separated by commas or blanks, else four public ones.
 *
 * @throws ConfigurationError for an entry that is no host name.
 */
export function sourceHosts(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
  const names = (environment.GRAFT_SOURCE_HOSTS ?? '').toLowerCase().split(/[\s,]+/)
  const given = names.filter((name) => name !== '')
  const wrong = given.find((name) => !/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(name) || /^[\d.]+$/.test(name))
  if (wrong !== undefined)
    throw new ConfigurationError(
      `GRAFT_SOURCE_HOSTS names ${JSON.stringify(wrong.slice(0, 80))}, which is no host name.`,
    )
  return given.length > 0 ? given : DEFAULT_HOSTS
}
