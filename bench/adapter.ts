/**
 * `npm run bench:adapter -- [--package NAME] [--proxima CLONE] [--python PATH] [options of bench/adapter.py]`
 *
 * Integrates a simulator into a temporary copy of the small target, or of a clone of Proxima, installs what was measured
 * (exact versions, hashes) beside it, and measures what the adapter costs: see `bench/adapter.py`.
 *
 *   --package NAME   the simulator's distribution (default: qulacs); may be given several times
 *   --proxima CLONE  the host is a copy of this clone of Proxima, whose own cirq adapter is measured too
 *   --python PATH    a Python with the host's requirements (default: the one on the path; Proxima needs its own)
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'

const ROOT = join(import.meta.dirname, '..')
/** What `graft integrate --json` prints, as far as it is used here. */
const integration = z.object({
  verdict: z.string(),
  reason: z.string(),
  backend: z.string(),
  branch: z.string().optional(),
})

/** Runs a program; its output is returned, its messages are shown. Ends this program when it fails. */
function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; may?: readonly number[] } = {},
): string {
  const done = spawnSync(command, args, {
    cwd: options.cwd ?? ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 * 2 ** 20,
  })
  if (done.error === undefined && [0, ...(options.may ?? [])].includes(done.status ?? -1)) return done.stdout
  throw new Error(
    `\`${[command, ...args.slice(0, 3)].join(' ')} …\` failed: ${done.error?.message ?? done.stdout.trim()}`,
  )
}

/** A git checkout that may be changed: the small target, or Proxima. */
function makeHost(folder: string, proxima: string | undefined): void {
  if (proxima !== undefined) {
    run('git', ['clone', '--quiet', '--no-hardlinks', resolve(proxima), folder])
  } else {
    cpSync(join(ROOT, 'templates', 'target'), folder, {
      recursive: true,
      filter: (path) => !path.includes('__pycache__'),
    })
    run('git', ['init', '--quiet', folder])
    run('git', ['-C', folder, 'add', '.'])
    run('git', [...IDENTITY, '-C', folder, 'commit', '--quiet', '-m', 'The small target'])
  }
}

const IDENTITY = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost']

/** Integrates a package and puts its environment beside the checkout; the backend's name. */
function integrate(name: string, host: string, libraries: string, python: string): string {
  process.stderr.write(`Integrating ${name} …\n`)
  const graft = join(ROOT, 'bin', 'graft.js')
  const text = run(process.execPath, [graft, 'integrate', name, '--repo', host, '--json'], { may: [1, 2, 3] })
  const { verdict, reason, backend, branch } = integration.parse(JSON.parse(text))
  if (branch === undefined) throw new Error(`${name}: ${verdict}: ${reason}`)
  run('git', [...IDENTITY, '-C', host, 'merge', '--quiet', '--no-edit', branch])
  const [folder] = run('git', ['-C', host, 'ls-files', `*/backends/${backend}/requirements.txt`]).split('\n')
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', libraries, '--upgrade']
  run(python, [...pip, '--no-deps', '--only-binary', ':all:', '--require-hashes', '-r', join(host, folder ?? '')])
  return backend
}

function main(): number {
  const { values } = parseArgs({
    options: {
      package: { type: 'string', multiple: true, default: ['qulacs'] },
      proxima: { type: 'string' },
      python: { type: 'string', default: 'python' },
      qubits: { type: 'string', multiple: true },
      seconds: { type: 'string' },
    },
  })
  const work = mkdtempSync(join(tmpdir(), 'graft-bench-'))
  try {
    const host = join(work, 'host')
    const libraries = join(work, 'libraries')
    makeHost(host, values.proxima)
    const backends = values.package.map((name) => integrate(name, host, libraries, values.python))
    const qubits = values.qubits === undefined ? [] : ['--qubits', ...values.qubits]
    const seconds = values.seconds === undefined ? [] : ['--seconds', values.seconds]
    const out = join(ROOT, 'bench', 'results', 'adapter.json')
    const script = join(ROOT, 'bench', 'adapter.py')
    const measured = spawnSync(values.python, [script, host, ...backends, ...qubits, ...seconds, '--out', out], {
      stdio: 'inherit',
      env: {
        ...process.env,
        PYTHONPATH: [libraries, process.env.PYTHONPATH].filter(Boolean).join(delimiter),
        PYTHONDONTWRITEBYTECODE: '1',
        OMP_NUM_THREADS: '1',
      },
    })
    return measured.status ?? 1
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

process.exitCode = main()
