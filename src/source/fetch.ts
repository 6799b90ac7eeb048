/** From a locator to a snapshot: one origin per kind of locator. */
import { UserError } from '../values/errors.ts'
import type { Snapshot } from '../values/snapshot.ts'
import { fetchDirectory } from './directory.ts'
import { fetchGit } from './git.ts'
import type { Locator } from './locator.ts'
import type { FetchOptions } from './options.ts'
import { placeTree } from './place.ts'
import { fetchPackage } from './pypi.ts'

/** What each kind that cannot be fetched yet is called. */
const UNSUPPORTED = {
  purl: 'another package type than pypi and github',
  url: 'a web address',
  openapi: 'an OpenAPI description',
  grpc: 'a gRPC service',
  command: 'a command line program',
} as const satisfies Record<Exclude<Locator['kind'], 'package' | 'git' | 'directory'>, string>

/**
 * Fetches, checks and unpacks what a locator names. Nothing of it is executed.
 *
 * @throws UserError, ConfigurationError or TransientError, each with one sentence on what to do.
 */
export async function fetchSnapshot(locator: Locator, options: FetchOptions): Promise<Snapshot> {
  switch (locator.kind) {
    case 'package':
      return fetchPackage(locator, options)
    case 'git': {
      const { tree, origin } = await fetchGit(locator, options)
      return placeTree(tree, origin, origin.folder ?? origin.url.split('/').at(-1) ?? '', options)
    }
    case 'directory': {
      const { tree, origin, label } = await fetchDirectory(locator, options)
      return placeTree(tree, origin, label, options)
    }
    default:
      throw new UserError(
        `Reading ${UNSUPPORTED[locator.kind]} is not supported yet; what works is a package of the Python index (NAME, ` +
          'NAME==VERSION, pkg:pypi/NAME@VERSION), a git repository (git+https://HOST/OWNER/NAME@REF, pkg:github/OWNER/NAME@REF) ' +
          'and a folder (./path).',
      )
  }
}
