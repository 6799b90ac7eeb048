/** Small packages written into a temporary folder, as a source would hand them over. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Snapshot, SourceTree } from '../../../src/values/snapshot.ts'

type Files = Readonly<Record<string, string | Uint8Array>>

/** `METADATA` of a wheel with requirements of three kinds, and a README with an example. */
export const METADATA = `Metadata-Version: 2.1
Name: veloq
Version: 1.0
Summary: Runs circuits
Requires-Dist: numpy>=1.20
Requires-Dist: opt-linalg (>=2) ; python_version >= "3.8"
Requires-Dist: pytest ; extra == "test"

# Veloq

\`\`\`python
from veloq import Wheelwork
w = Wheelwork(2)
w.h(0)
w.cx(0, 1)
state = w.run(shots=100)
print(state.amplitudes())
\`\`\`
`

interface Made {
  readonly distribution?: string
  readonly wheel?: Files
  readonly sdist?: Files
  readonly snapshot?: Partial<Snapshot>
}

export async function makeSnapshot({ distribution = 'veloq', wheel, sdist, snapshot }: Made): Promise<Snapshot> {
  const trees: SourceTree[] = []
  if (wheel) trees.push(await writeTree(wheel, 'wheel', `${distribution}-1.0-py3-none-any.whl`))
  if (sdist) trees.push(await writeTree(sdist, 'sdist', `${distribution}-1.0.tar.gz`))
  return {
    schema: 1,
    purl: `pkg:pypi/${distribution}@1.0`,
    distribution,
    normalizedName: distribution,
    version: '1.0',
    summary: '',
    licence: '',
    requiresPython: '',
    requiresDist: [],
    wheelAvailable: wheel !== undefined,
    projectUrls: {},
    trees,
    ...snapshot,
  }
}

async function writeTree(files: Files, kind: 'wheel' | 'sdist', filename: string): Promise<SourceTree> {
  const root = await mkdtemp(join(tmpdir(), 'graft-analysis-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
  return {
    artifact: { filename, kind, sha256: '0'.repeat(64), bytes: 1 },
    root,
    files: Object.entries(files).map(([path, content]) => ({ path, bytes: Buffer.byteLength(content) })),
    skipped: [],
  }
}
