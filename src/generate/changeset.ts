/** The plan of all file changes of an integration: one value per commit, made without writing anything. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SETTINGS_PATH } from '../config/repository-settings.ts'
import type { Lock } from '../simulator/runner.ts'
import { UserError } from '../values/errors.ts'
import type { Measurement } from '../values/measurement.ts'
import type { BackendOptions, Change, FileChange, Target } from '../values/plan.ts'
import type { Snapshot } from '../values/snapshot.ts'
import { matrixQubits, printDriverFile, toDriverFile } from './driver-file.ts'
import { gateReach } from './gate-reach.ts'
import { allowFolders, HOST_TESTS } from './host-test-edit.ts'
import { limitsOf } from './limits.ts'
import { renderReadme } from './readme.ts'
import { addDiscovery } from './registry-edit.ts'
import { adapterClass, renderAdapter } from './render/adapter.ts'
import { formatPython } from './ruff.ts'
import { BRIDGE_FOLDER } from './target.ts'
import { fillTemplate } from './template.ts'

export interface PlanInput {
  readonly target: Target
  readonly options: BackendOptions
  readonly snapshot: Snapshot
  readonly measurement: Measurement
  readonly lock: Lock
  readonly templatesDir: string
  /** Content of a file of the target at the commit that the integration starts from. */
  readonly readFile: (path: string) => Promise<string | undefined>
}

type Draft = Omit<Change, 'id' | 'depends'> & {
  readonly key: Change['kind']
  readonly after: readonly Change['kind'][]
}

/**
 * Plans the changes in the order in which they are committed: first what the target needs once and does not have yet, then the
 * backend. Raises UserError when there is no measured driver or the target's registry is not understood.
 */
export async function planChanges(input: PlanInput): Promise<Change[]> {
  const drafts = [...(await sharedChanges(input)), ...(await backendChanges(input))]
  const ids = new Map(drafts.map((draft, index) => [draft.key, `c${index + 1}`]))
  return drafts.map(({ key, after, ...draft }) => ({
    ...draft,
    id: ids.get(key) ?? '',
    depends: after.flatMap((kind) => ids.get(kind) ?? []),
  }))
}

/** What goes into the target once. */
async function sharedChanges(input: PlanInput): Promise<Draft[]> {
  const { target, templatesDir } = input
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
        {
          path: SETTINGS_PATH,
          content: await readFile(join(templatesDir, 'github/graft.yml'), 'utf8'),
          why: 'settings of Graft for this repository',
        },
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

async function discoveryFiles(input: PlanInput): Promise<FileChange[]> {
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

async function backendChanges(input: PlanInput): Promise<Draft[]> {
  const { target, options, snapshot, measurement, templatesDir } = input
  const { name } = options
  const folder = `${target.backendsPath}/${name}`
  const file = toDriverFile(measurement)
  const { driver, conventions } = file
  const { runnable, refused } = await gateReach(templatesDir, measurement)
  const rendered = renderAdapter({
    ...{ backend: name, driver, conventions, refused },
    ...{ matrixQubits: matrixQubits(driver, file.gates), limits: limitsOf(driver, measurement) },
  })
  const gates = runnable.join(' ')
  const values = { backend: name, class: adapterClass(name), module: target.backendsModule, gates }
  const python = async (template: string, path: string, why: string): Promise<FileChange> => {
    const source = await fillTemplate(templatesDir, `adapter/${template}`, values)
    return { path, content: formatPython(source, path), why }
  }
  const adapterPath = `${folder}/adapter.py`
  const readme = await renderReadme({
    ...{ templatesDir, options, target, snapshot, measurement, file },
    ...{ table: rendered.table, refused },
  })
  const native = rendered.table.size
  return [
    {
      key: 'adapter',
      kind: 'adapter',
      title: `Add the adapter of ${name}`,
      why: `A table of ${native} native gates and the lines that run them. Each entry was measured on the real simulator: which call it is, the order of its qubits and arguments, sign and unit of its angles.`,
      files: [{ path: adapterPath, content: formatPython(rendered.source, adapterPath), why: 'the adapter' }],
      after: ['bridge', 'discovery'],
    },
    {
      key: 'normalizer',
      kind: 'normalizer',
      title: `Make ${name} a package with a normalizer`,
      why: 'The normalizer turns results to little-endian, as the host’s own do, so that comparisons agree.',
      files: [
        await python('normalizer.py', `${folder}/normalizer.py`, 'turns results to little-endian'),
        await python('__init__.py', `${folder}/__init__.py`, 'makes the folder a package'),
      ],
      after: ['adapter'],
    },
    {
      key: 'requirements',
      kind: 'requirements',
      title: `Pin what ${name} was measured with`,
      why: 'Exact versions with hashes, resolved together with the target’s own, and the measured driver: what was measured is what is tested and used.',
      files: [
        { path: `${folder}/requirements.txt`, content: input.lock.requirements, why: 'versions and hashes' },
        { path: `${folder}/driver.json`, content: printDriverFile(file), why: 'the measured driver' },
      ],
      after: ['adapter'],
    },
    {
      key: 'documentation',
      kind: 'documentation',
      title: `Document ${name}`,
      why: 'Measured conventions, the gates and what was left out, how to install and use it, and how it was measured.',
      files: [{ path: `${folder}/README.md`, content: readme, why: 'for users and reviewers' }],
      after: ['adapter', 'requirements'],
    },
    {
      key: 'tests',
      kind: 'tests',
      title: `Test ${name} on the real simulator`,
      why: 'Runs the conformance suite of the bridge on the finished adapter. It does nothing where the package is not installed.',
      files: [await python('test_backend.py', `${target.testsPath}/test_${name}.py`, 'conformance of the backend')],
      after: ['bridge', 'adapter', 'normalizer'],
    },
  ]
}
