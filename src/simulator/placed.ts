/** Packages that no index has: their files are put into an environment as they are, after what they need was installed. */
import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describeConflicts } from '../values/isolation.ts'
import type { OnProgress } from '../values/progress.ts'
import type { Placed, Snapshot } from '../values/snapshot.ts'
import type { Refusal } from './explain.ts'
import { normalizeName } from './lock.ts'
import { parseRequirement } from './requirements.ts'
import type { Resolution } from './resolve.ts'

/** The package, and the folder in which its files lie under the paths that they are imported by. */
export interface Placement {
  readonly placed: Placed
  readonly root: string
}

/** What there is to place for a snapshot; undefined for a package of the index. */
export function placementOf({ placed, trees }: Snapshot): Placement | undefined {
  const root = trees[0]?.root
  return placed === undefined || root === undefined ? undefined : { placed, root }
}

/** What the package declares to need and may reach an installer, spelled anew. */
export function requirementsOfPlaced({ name, requires }: Placed, onProgress: OnProgress): string[] {
  return requires.flatMap((line) => {
    const requirement = parseRequirement(line)
    if (requirement !== undefined) return requirement.name === normalizeName(name) ? [] : requirement.text
    const detail = `The requirement ${JSON.stringify(line.slice(0, 100))} of ${name} names no package on the index and is left out.`
    onProgress({ type: 'warning', detail })
    return []
  })
}

/** Why a resolution is none for a package that is placed; undefined when it is one. */
export function placingRefusal({ placed }: Placement, { everything, isolated }: Resolution): Refusal | undefined {
  const own = `${placed.name} ${placed.version}`
  if (isolated !== undefined)
    return {
      ok: false,
      reason: 'conflict',
      message: `${own} cannot be installed together with the target (${describeConflicts(isolated.conflicts, placed.name)}), and an environment of its own is made for packages of an index only, which anybody can install by their hashes. Widen what it requires, or publish it on an index; one that pip's settings name is enough.`,
    }
  if (!everything.some(({ name }) => name === normalizeName(placed.name))) return undefined
  const message = `The index has a package ${placed.name}, too, and something that is installed needs that one: the two would overwrite each other. Give the package another name.`
  return { ok: false, reason: 'conflict', message }
}

/** Tells one set of files from another in the name of an environment. */
export function identityOf({ placed }: Placement): string {
  return JSON.stringify([placed.name, placed.version, placed.requires, placed.files])
}

/**
 * Writes the files into the environment with the records that an installer would leave. Each is checked against its hash.
 *
 * @returns why it cannot be done, or undefined.
 */
export async function placeFiles({ placed, root }: Placement, environment: string): Promise<Refusal | undefined> {
  const refuse = (message: string): Refusal => ({ ok: false, reason: 'download', message })
  const library = join(environment, 'lib')
  const python = (await readdir(library)).find((name) => /^python\d+\.\d+$/.test(name))
  if (python === undefined) return refuse('The environment has no folder for packages.')
  const packages = join(library, python, 'site-packages')
  const records: string[] = []
  const put = async (path: string, content: Buffer) => {
    const place = join(packages, ...path.split('/'))
    await mkdir(dirname(place), { recursive: true })
    const handle = await open(place, 'wx')
    await handle.writeFile(content).finally(() => handle.close())
    const hash = createHash('sha256').update(content).digest('base64url')
    records.push(`${path.includes(',') ? `"${path}"` : path},sha256=${hash},${content.length}`)
  }
  const information = `${placed.name.replace(/[-_.]+/g, '_')}-${placed.version}.dist-info`
  try {
    for (const { path, sha256 } of placed.files) {
      const content = await readFile(join(root, ...path.split('/')))
      if (createHash('sha256').update(content).digest('hex') !== sha256)
        return refuse(`${path} of ${placed.name} is no longer the file that was measured. Ask for the package again.`)
      await put(path, content)
    }
    await put(`${information}/METADATA`, Buffer.from(metadataOf(placed)))
    await put(`${information}/INSTALLER`, Buffer.from('graft\n'))
  } catch (error) {
    const { code, path = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT')
      return refuse(`A file of ${placed.name} that was measured is not there any more. Ask for the package again.`)
    if (code !== 'EEXIST') throw error
    const message = `${placed.name} and another installed package both have the file ${path.slice(packages.length + 1)}.`
    return { ok: false, reason: 'conflict', message }
  }
  await writeFile(join(packages, information, 'RECORD'), `${records.join('\n')}\n${information}/RECORD,,\n`)
  return undefined
}

function metadataOf({ name, version, requiresPython, requires }: Placed): string {
  const lines = ['Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`]
  if (requiresPython !== '') lines.push(`Requires-Python: ${requiresPython}`)
  return [...lines, ...requires.map((line) => `Requires-Dist: ${line}`), '', ''].join('\n')
}
