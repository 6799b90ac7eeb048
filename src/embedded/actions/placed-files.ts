/** Files of a package that no index has, for a job of the embedded GitHub: read from the repository, or from where they come. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fetchSnapshot } from '../../source/fetch.ts'
import { parseLocator } from '../../source/locator.ts'
import { placedUrl } from '../../source/placed-url.ts'
import type { Placed, SourceTree } from '../../values/snapshot.ts'

/** Runs `use` with a tree of the files, which is gone afterwards; the sandbox checks each against its hash. */
export async function withPlacedFiles<T>(
  placed: Placed | undefined,
  read: (path: string) => Promise<Buffer | undefined>,
  use: (trees: SourceTree[]) => Promise<T>,
): Promise<T> {
  if (placed === undefined) return use([])
  const folder = await mkdtemp(join(tmpdir(), 'graft-placed-'))
  try {
    return await use([await treeOf(placed, read, folder)])
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function treeOf(
  placed: Placed,
  read: (path: string) => Promise<Buffer | undefined>,
  folder: string,
): Promise<SourceTree> {
  const { origin, base, files } = placed
  if (origin.kind === 'git') {
    const options = { cacheDir: folder, python: { version: '3.12.0' } }
    const [installed] = (await fetchSnapshot(parseLocator(placedUrl(placed)), options)).trees
    if (installed !== undefined) return installed
  }
  const inside = origin.kind === 'target' ? [origin.folder, ...(base === '' ? [] : [base])] : []
  for (const { path } of files) {
    // What is not there is missed where the files are placed.
    const content = inside.length === 0 ? undefined : await read([...inside, path].join('/'))
    if (content === undefined) continue
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  const artifact = { filename: placed.name, kind: 'wheel' as const, sha256: '0'.repeat(64), bytes: 0 }
  return { artifact, root: folder, files: [], skipped: [] }
}
