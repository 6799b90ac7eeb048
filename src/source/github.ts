/** Repositories on GitHub by their package URL: `pkg:github/OWNER/NAME@REF#PATH` (purl specification, type "github"). */
import { PackageURL } from '@socketregistry/packageurl-js'
import { UserError } from '../values/errors.ts'
import { type GitLocator, gitLocator } from './git-locator.ts'

const HOST = 'github.com'

/** @throws UserError for a package URL that is no repository on GitHub. */
export function parseGithub(parsed: PackageURL): GitLocator {
  const { namespace, name, version, subpath, qualifiers } = parsed
  if (!namespace || !name || namespace.includes('/') || (qualifiers && Object.keys(qualifiers).length > 0))
    throw new UserError('A repository on GitHub is pkg:github/OWNER/NAME@REF, with #PATH for a folder in it.')
  return gitLocator(HOST, [namespace, name], version || undefined, subpath || undefined)
}

/** What people copy from their browser: the page of a repository, or of a folder in it. Undefined for any other page. */
export function fromGithubPage(address: string): GitLocator | undefined {
  const page = /^https:\/\/github\.com\/([^/?#]+)\/([^/?#]+?)(?:\.git)?(?:\/tree\/([^/?#]+)((?:\/[^/?#]+)*))?\/?$/i
  const [, owner, name, ref, folder] = page.exec(address) ?? []
  if (owner === undefined || name === undefined) return undefined
  return gitLocator(HOST, [owner, name], ref, folder?.slice(1) || undefined)
}

/** The package URL of a repository on GitHub; undefined for one elsewhere. */
export function formatGithub({ url, ref, folder }: GitLocator): string | undefined {
  const [, owner, name] = /^https:\/\/github\.com\/([^/]+)\/([^/]+)$/.exec(url) ?? []
  if (owner === undefined) return undefined
  return new PackageURL('github', owner, name, ref, undefined, folder).toString()
}
