/** Package URLs of what no index has. */
import { PackageURL } from '@socketregistry/packageurl-js'
import type { Placed } from '../values/snapshot.ts'
import { formatGithub } from './github.ts'
import { hashOfFiles } from './kept-tree.ts'
import { normalizeName } from './names.ts'

/** Canonical package URL; all but that of a folder of one machine are locators, too. */
export function placedUrl({ name, version, origin, files }: Placed): string {
  const generic = (qualifiers: Record<string, string> | undefined, subpath?: string) =>
    new PackageURL('generic', undefined, normalizeName(name), version, qualifiers, subpath).toString()
  switch (origin.kind) {
    case 'git': {
      const { url, commit, folder } = origin
      const at = { kind: 'git' as const, url, ref: commit, ...(folder === undefined ? {} : { folder }) }
      return formatGithub(at) ?? generic({ vcs_url: `git+${url}@${commit}` }, folder)
    }
    case 'target':
      return generic(undefined, origin.folder)
    case 'directory':
      return generic({ checksum: `sha256:${hashOfFiles(files)}` })
    default:
      return origin satisfies never
  }
}
