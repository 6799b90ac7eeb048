/** The plan of all file changes of an integration: one value per commit, made without writing anything. */
import type { Lock } from '../simulator/runner.ts'
import { describeConflicts } from '../values/isolation.ts'
import type { Measurement } from '../values/measurement.ts'
import type { BackendOptions, Change, FileChange } from '../values/plan.ts'
import type { Snapshot } from '../values/snapshot.ts'
import { matrixQubits, printDriverFile, toDriverFile } from './driver-file.ts'
import { DEFAULT_EXAMPLE, type Example } from './example.ts'
import { gateReach } from './gate-reach.ts'
import { limitsOf } from './limits.ts'
import { renderReadme } from './readme.ts'
import { adapterClass, renderAdapter } from './render/adapter.ts'
import { formatPython } from './ruff.ts'
import { type Draft, numberDrafts, type SharedInput, sharedChanges } from './shared-changes.ts'
import { BRIDGE_FOLDER } from './target.ts'
import { fillTemplate } from './template.ts'

export interface PlanInput extends SharedInput {
  readonly options: BackendOptions
  readonly snapshot: Snapshot
  readonly measurement: Measurement
  readonly lock: Lock
  /** What the README shows. Default: `DEFAULT_EXAMPLE`. */
  readonly example?: Example | undefined
}

/**
 * Plans the changes in the order in which they are committed: first what the target needs once and does not have yet, then the
 * backend. Raises UserError when there is no measured driver or the target's registry is not understood.
 */
export async function planChanges(input: PlanInput): Promise<Change[]> {
  // A bridge of an earlier Graft has no worker processes: it comes anew where one is needed.
  const worker = `${input.target.backendsPath}/${BRIDGE_FOLDER}/isolated.py`
  const lacks = input.lock.isolated !== undefined && (await input.readFile(worker)) === undefined
  const shared = lacks ? { ...input, target: { ...input.target, hasBridge: false } } : input
  return numberDrafts([...(await sharedChanges(shared)), ...(await backendChanges(input))])
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
    isolated: input.lock.isolated !== undefined,
  })
  const gates = runnable.join(' ')
  const values = { backend: name, class: adapterClass(name), module: target.backendsModule, gates }
  const python = async (template: string, path: string, why: string): Promise<FileChange> => {
    const source = await fillTemplate(templatesDir, `adapter/${template}`, values)
    return { path, content: formatPython(source, path), why }
  }
  const adapterPath = `${folder}/adapter.py`
  const readme = await renderReadme({
    ...{ templatesDir, options, target, snapshot, measurement, file, lock: input.lock },
    ...{ table: rendered.table, refused, example: input.example ?? DEFAULT_EXAMPLE },
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
      why: `Exact versions with hashes, ${resolvedHow(input)}, and the measured driver: what was measured is what is tested and used.`,
      files: [
        { path: `${folder}/requirements.txt`, content: input.lock.requirements, why: 'versions and hashes' },
        { path: `${folder}/driver.json`, content: printDriverFile(file), why: 'the measured driver' },
        ...sourceFile(snapshot, folder),
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

/** Where a package comes from that no index has, and what its files were. */
function sourceFile({ placed }: Snapshot, folder: string): FileChange[] {
  if (placed === undefined) return []
  const content = `${JSON.stringify(placed, null, 2)}\n`
  return [
    {
      path: `${folder}/source.json`,
      content,
      why: 'where the simulator comes from, and the hash of each of its files',
    },
  ]
}

function resolvedHow({ lock, snapshot }: PlanInput): string {
  if (lock.isolated === undefined) return 'resolved together with the target’s own'
  const what = describeConflicts(lock.isolated.conflicts, snapshot.normalizedName)
  return `for an environment of its own (${what.slice(0, 250)})`
}
