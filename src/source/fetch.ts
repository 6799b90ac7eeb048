/** From a locator to a snapshot: one origin per kind of locator. */
import { UserError } from '../values/errors.ts'
import type { Snapshot } from '../values/snapshot.ts'
import type { Locator } from './locator.ts'
import type { FetchOptions } from './options.ts'
import { fetchPackage } from './pypi.ts'

/** What each kind that cannot be fetched yet is called. */
const UNSUPPORTED = {
  purl: 'another package type than pypi',
  git: 'a git repository',
  url: 'a web address',
  openapi: 'an OpenAPI description',
  grpc: 'a gRPC service',
  command: 'a command line program',
  directory: 'a folder',
} as const satisfies Record<Exclude<Locator['kind'], 'package'>, string>

/**
 * Fetches, checks and unpacks what a locator names. Nothing of it is executed.
 *
 * @throws UserError, ConfigurationError or TransientError, each with one sentence on what to do.
 */
export async function fetchSnapshot(locator: Locator, options: FetchOptions): Promise<Snapshot> {
  if (locator.kind === 'package') return fetchPackage(locator, options)
  throw new UserError(
    `Reading ${UNSUPPORTED[locator.kind]} is not supported yet; what works is a package of the Python index: ` +
      'NAME, NAME==VERSION or pkg:pypi/NAME@VERSION.',
  )
}
