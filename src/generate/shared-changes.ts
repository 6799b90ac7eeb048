/** The changes that a target needs once, whatever backends it gets: bridge, discovery, configuration. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SETTINGS_PATH, SETTINGS_SCHEMA_PATH } from '../config/repository-settings.ts'
import { UserError } from '../values/errors.ts'
import type { Change, FileChange, Target } from '../values/plan.ts'
import { allowFolders, HOST_TESTS } from './host-test-edit.ts'
import { addDiscovery } from './registry-edit.ts'
import { BRIDGE_FOLDER } from './target.ts'

export interface SharedInput {
  readonly target: Target
  readonly templatesDir: string
  /** Content of a file of the target at the commit that the changes start from. */
  readonly readFile: (path: string) => Promise<string | undefined>
}

/** A change before it has a number. */
export type Draft = Omit<Change, 'id' | 'depends'> & {
  readonly key: Change['kind']
  readonly after: readonly Change['kind'][]
}

/** Gives drafts their ids `c1`, `c2`, … in their order, and their dependencies by id. */
export function numberDrafts(drafts: readonly Draft[]): Change[] {
  const ids = new Map(drafts.map((draft, index) => [draft.key, `c${index + 1}`]))
  return drafts.map(({ key, after, ...draft }) => ({
    ...draft,
    id: ids.get(key) ?? '',
    depends: after.flatMap((kind) => ids.get(kind) ?? []),
  }))
}

/** What goes into the target once and is missing there. Raises UserError when the target's registry is not understood. */
export async function sharedChanges(input: SharedInput): Promise<Draft[]> {
  const { target, templatesDir } = input
  const copied = async (name: string, path: string, why: string): Promise<FileChange> => ({
    ...{ path, why },
    content: await readFile(join(templatesDir, 'github', name), 'utf8'),
  })
  const drafts: Draft[] = []
  if (!target.hasBridge) {
    drafts.push({
      key: 'bridge',
      kind: 'bridge',
      title: 'Add the bridge that small backends share',
      why: 'It reads circuits, writes gates with other gates, keeps bit order, samples, validates and raises the host’s errors, so that a backend is a table of gates and a few lines. Its conformance suite measures every backend.',
      files: await bridgeFiles(templatesDir, `${target.backendsPath}/${BRIDGE_FOLDER}`),
      after: [],
    })
  }
  if (!target.hasDiscovery) {
    drafts.push({
      key: 'discovery',
      kind: 'discovery',
      title: 'Let the registry find backends that are folders',
      why: 'Done once, so that no integration edits a shared file again. Built-in backends win; a folder that cannot be imported is listed as unavailable with the reason and harms no other.',
      files: await discoveryFiles(input),
      after: [],
    })
  }
  if (!target.hasConfiguration) {
    drafts.push({
      key: 'configuration',
      kind: 'configuration',
      title: 'Add the settings of Graft',
      why: 'One place for what this repository wants to be different.',
      files: [
        await copied('graft.yml', SETTINGS_PATH, 'settings of Graft for this repository'),
        await copied('graft.schema.json', SETTINGS_SCHEMA_PATH, 'completes and checks the settings in editors'),
      ],
      after: [],
    })
  }
  return drafts
}

/** The bridge and, inside it, the conformance suite: constant files, copied byte for byte. */
async function bridgeFiles(templatesDir: string, folder: string): Promise<FileChange[]> {
  const files: FileChange[] = []
  for (const [from, to] of [
    ['bridge', folder],
    ['conformance', `${folder}/conformance`],
  ] as const) {
    const names = (await readdir(join(templatesDir, from))).filter((name) => name.endsWith('.py')).sort()
    for (const name of names) {
      const content = await readFile(join(templatesDir, from, name), 'utf8')
      files.push({ path: `${to}/${name}`, content, why: summaryOf(content) })
    }
  }
  return files
}

/** First sentence of a module's doc comment. */
function summaryOf(source: string): string {
  return /^"""(.*?)(?:"""|\n|$)/.exec(source)?.[1]?.slice(0, 200) ?? ''
}

async function discoveryFiles(input: SharedInput): Promise<FileChange[]> {
  const path = `${input.target.backendsPath}/registry.py`
  const registry = await input.readFile(path)
  if (registry === undefined) throw new UserError(`${path} is gone. Give --repo a clone with all its files.`)
  const files = [
    { path, content: await addDiscovery(registry, path), why: 'each folder with an adapter.py is a backend' },
  ]
  for (const test of HOST_TESTS) {
    const before = await input.readFile(test)
    if (before === undefined) continue
    const after = await allowFolders(before)
    if (after !== before) files.push({ path: test, content: after, why: 'it allowed only the names of its day' })
  }
  return files
}
