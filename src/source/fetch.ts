/** From a locator to a snapshot: one origin per kind of locator. */
import type { IndexConfig } from '../config/index-config.ts'
import { UserError } from '../values/errors.ts'
import type { OnProgress } from '../values/progress.ts'
import type { Snapshot } from '../values/snapshot.ts'
import type { HttpOptions } from './http.ts'
import type { Locator } from './locator.ts'
import { fetchPackage } from './pypi.ts'
import type { PythonTarget } from './wheel-tags.ts'

export interface FetchOptions {
  /** Where unpacked sources are kept. */
  readonly cacheDir: string
  /** The Python that will run the package: it decides on version and wheel. */
  readonly python: PythonTarget
  /** Gets notes and warnings; `started` and `finished` are the caller's. */
  readonly onProgress?: OnProgress | undefined
  readonly signal?: AbortSignal | undefined
  /** Default: `loadIndexConfig()`. */
  readonly index?: IndexConfig | undefined
  readonly http?: Omit<HttpOptions, 'signal'> | undefined
}

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
