/**
 * Runs a command that executes foreign code: no network, a read-only system without anybody's home, throw-away folders,
 * capped memory, processor time, processes, output and wall clock, and an environment without secrets.
 *
 * Strongest means first: bubblewrap; a user namespace by `unshare` (no network, own process tree, but the user's files can be
 * read); resource limits alone (the network can be reached too). The weaker ones come with a warning.
 */
import { lstatSync, realpathSync } from 'node:fs'
import { lchown, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { type RunResult, runProcess } from './process.ts'
import type { Python } from './python.ts'
import { onPath } from './tools.ts'

export const KINDS = ['bwrap', 'unshare', 'rlimits'] as const
export type ContainmentKind = (typeof KINDS)[number]

export interface Containment {
  readonly kind: ContainmentKind
  /** Why nothing stronger is used, for people; absent for bubblewrap. */
  readonly warning?: string
}

export interface Limits {
  /** Bytes: address space of each process, and memory of all together. */
  readonly memory: number
  /** Wall clock in seconds; a process gets as much processor time. */
  readonly seconds: number
  /** Bytes of one file, and of all files in the throw-away folders and the output. */
  readonly file: number
  readonly folder: number
  readonly processes: number
}

/** Caps of a measurement or a test run. A simulator of 26 qubits in double precision takes 1 GiB. */
export const DEFAULT_LIMITS: Limits = {
  memory: Math.min(8 * 2 ** 30, Math.floor(totalmem() * 0.75)),
  seconds: 600,
  file: 64 * 2 ** 20,
  folder: 512 * 2 ** 20,
  processes: 256,
}

export interface ContainedJob {
  readonly python: Python
  /** Another interpreter that the command starts. */
  readonly secondPython?: Python | undefined
  /** Folders of this machine by the name they get inside; `out` is the only place that outlives the run. */
  readonly readOnly: Readonly<Record<string, string>>
  readonly writable: Readonly<Record<string, string>>
  /** Constant program that keeps the limits, see `templates/sandbox/launch.py`. */
  readonly launcher: string
  /** The command, given how a folder is called inside. The first word must be a path. */
  readonly command: (inside: (name: string, ...rest: string[]) => string) => readonly string[]
  readonly environment?: (inside: (name: string, ...rest: string[]) => string) => Readonly<Record<string, string>>
  /** Folder with bytecode of what it is going to import (`bytecode.ts`); the run works on a copy. */
  readonly bytecode?: string | undefined
  /** Folder the command starts in: one of the writable names; default the throw-away home. */
  readonly cwd?: string
  readonly limits: Limits
  readonly signal?: AbortSignal | undefined
}

const verdict = z.object({
  end: z.enum(['exit', 'signal', 'memory', 'processes', 'folder', 'time']),
  code: z.int().min(0).max(255),
  peak: z.number().min(0),
})

export interface Outcome {
  /** How it ended. `lost`: the limits' keeper itself was killed, by the system or by what it kept. */
  readonly end: z.infer<typeof verdict>['end'] | 'lost'
  /** Exit code or signal number. */
  readonly code: number
  /** Most memory seen, in bytes. */
  readonly peak: number
  readonly seconds: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the job and says how it ended. Throws only when the containment itself cannot be started. */
export async function runContained(containment: Containment, job: ContainedJob): Promise<Outcome> {
  const scratch = await mkdtemp(join(tmpdir(), 'graft-run-'))
  try {
    const [home, temporary] = [join(scratch, 'home'), join(scratch, 'tmp')]
    for (const folder of [home, temporary]) await mkdir(folder)
    if (SUPERUSER && containment.kind === 'bwrap') for (const path of Object.values(job.writable)) await giveAway(path)
    const result = await (containment.kind === 'bwrap'
      ? runInBubblewrap(job, scratch)
      : runWithLimits(containment.kind, job, scratch))
    return outcomeOf(result)
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** The part of the environment that every contained command gets: constant, without anything of the operator's. */
function constantEnvironment(home: string, temporary: string): Record<string, string> {
  return {
    PATH: '/usr/bin:/bin',
    HOME: home,
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    // One thread: what is measured is the simulator, not the scheduler.
    OMP_NUM_THREADS: '1',
    OPENBLAS_NUM_THREADS: '1',
    MKL_NUM_THREADS: '1',
    NUMEXPR_NUM_THREADS: '1',
    RAYON_NUM_THREADS: '1',
    NUMBA_NUM_THREADS: '1',
    JAX_PLATFORMS: 'cpu',
    CUDA_VISIBLE_DEVICES: '',
    MPLBACKEND: 'Agg',
    // The environment is read-only and not compiled; the processes of one run share what they compile.
    PYTHONPYCACHEPREFIX: join(temporary, BYTECODE),
    PYTHONNOUSERSITE: '1',
    PYTHONUNBUFFERED: '1',
  }
}

/** Where the processes of one run keep the bytecode that they share. */
const BYTECODE = 'bytecode'

/** Starting and stopping the containment itself takes time that is not the command's. */
const GRACE_SECONDS = 10

const ROOT = '/sandbox'

/** Whether Graft runs as the superuser, as in many containers: then the command must not. */
const SUPERUSER = process.getuid?.() === 0
const NOBODY = 65534

/** Lets the unprivileged user of a contained command write into a folder. */
async function giveAway(folder: string): Promise<void> {
  await lchown(folder, NOBODY, NOBODY)
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
    await lchown(join(entry.parentPath, entry.name), NOBODY, NOBODY)
}

function runInBubblewrap(job: ContainedJob, scratch: string): Promise<RunResult> {
  const inside = (name: string, ...rest: string[]) => [ROOT, name, ...rest].join('/')
  const environment = { ...constantEnvironment(inside('home'), inside('tmp')), ...job.environment?.(inside) }
  const args = [
    ...system(job.python, job.secondPython),
    '--ro-bind',
    job.launcher,
    inside('launch.py'),
    '--symlink',
    inside('tmp'),
    '/tmp',
  ]
  // Shared memory is where semaphores of process pools live.
  for (const path of [inside('home'), inside('tmp'), '/dev/shm'])
    args.push('--perms', '1777', '--size', `${job.limits.folder}`, '--tmpfs', path)
  for (const [name, path] of Object.entries(readOnly(job))) args.push('--ro-bind', path, inside(name))
  for (const [name, path] of Object.entries(job.writable)) args.push('--bind', path, inside(name))
  args.push('--chdir', inside(job.cwd ?? 'home'), '--')
  return runProcess('bwrap', [...args, ...launch('bwrap', job, inside('launch.py'), inside, [])], {
    env: environment,
    cwd: scratch,
    seconds: job.limits.seconds + GRACE_SECONDS,
    signal: job.signal,
  })
}

function runWithLimits(kind: ContainmentKind, job: ContainedJob, scratch: string): Promise<RunResult> {
  const inside = (name: string, ...rest: string[]) => {
    const folder = readOnly(job)[name] ?? job.writable[name] ?? join(scratch, name)
    return join(folder, ...rest)
  }
  const environment = {
    ...constantEnvironment(join(scratch, 'home'), join(scratch, 'tmp')),
    ...job.environment?.(inside),
  }
  const command = launch(kind, job, job.launcher, inside, [scratch])
  const [program, ...args] = kind === 'unshare' ? [...UNSHARE, ...command] : command
  return runProcess(program as string, args, {
    env: environment,
    cwd: inside(job.cwd ?? 'home'),
    seconds: job.limits.seconds + GRACE_SECONDS,
    signal: job.signal,
  })
}

/** The name under which bytecode is there to be copied. */
const COMPILED = 'compiled'

function readOnly({ readOnly: folders, bytecode }: ContainedJob): Readonly<Record<string, string>> {
  return bytecode === undefined ? folders : { ...folders, [COMPILED]: bytecode }
}

/** Where the bytecode of each folder is, and where Python looks for it: below the run's own, under the folder's whole path. */
function bytecodeFolders(job: ContainedJob, inside: (name: string, ...rest: string[]) => string): [string, string][] {
  if (job.bytecode === undefined) return []
  const folders = Object.keys(job.readOnly).map((name): [string, string] => [name, inside(name)])
  return [...folders, ['base', job.python.basePrefix] as const].map(([name, path]) => [
    inside(COMPILED, name),
    join(inside('tmp', BYTECODE), path),
  ])
}

/** The launcher's own command line. It watches the size of `folders` and of those that the job may write to. */
function launch(
  kind: ContainmentKind,
  job: ContainedJob,
  launcher: string,
  inside: (name: string, ...rest: string[]) => string,
  folders: readonly string[],
): string[] {
  const limits = {
    memory: job.limits.memory,
    cpu: Math.ceil(job.limits.seconds) + 5,
    seconds: job.limits.seconds,
    file: job.limits.file,
    processes: job.limits.processes,
    user: SUPERUSER && kind === 'bwrap' ? NOBODY : null,
    alone: kind !== 'rlimits',
    folders: [...folders, ...Object.keys(job.writable).map((name) => inside(name))],
    folder_bytes: job.limits.folder,
    folder_files: 20_000,
    bytecode: bytecodeFolders(job, inside),
  }
  return [job.python.base, '-I', '-S', launcher, JSON.stringify(limits), '--', ...job.command(inside)]
}

const UNSHARE = ['unshare', '--user', '--map-root-user', '--net', '--pid', '--fork', '--kill-child', '--mount-proc']

/** A system to read from: programs and libraries, the interpreters, and of `/etc` only what programs need to start. */
function system(...pythons: readonly (Python | undefined)[]): string[] {
  const args = SUPERUSER
    ? // The keeper of the limits stays what it is and gives the command to nobody; it may signal and look at it, no more.
      ['ipc', 'pid', 'net', 'uts']
        .map((kind) => `--unshare-${kind}`)
        .concat(['SETUID', 'SETGID', 'KILL', 'SYS_PTRACE'].flatMap((name) => ['--cap-add', `CAP_${name}`]))
    : ['--unshare-all', '--uid', `${NOBODY}`, '--gid', `${NOBODY}`]
  args.push('--unshare-cgroup-try', '--die-with-parent', '--new-session')
  args.push('--hostname', 'sandbox', '--ro-bind', '/usr', '/usr')
  const known = pythons.filter((python) => python !== undefined)
  const interpreters = new Set(known.flatMap((python) => [python.basePrefix, dirname(dirname(python.base))]))
  const outside = [...interpreters].filter((folder) => !/^\/(?:usr)?$/.test(folder))
  // Bubblewrap makes missing folders above a mount for its own user only.
  for (const folder of new Set(['/etc', '/nix', '/sys', '/sys/devices', ROOT, ...outside.flatMap(foldersAbove)]))
    args.push('--perms', '0755', '--dir', folder)
  for (const folder of ['/bin', '/sbin', '/lib', '/lib32', '/lib64']) {
    const entry = lstatSync(folder, { throwIfNoEntry: false })
    if (entry?.isSymbolicLink()) args.push('--symlink', realpathSync(folder), folder)
    else if (entry !== undefined) args.push('--ro-bind', folder, folder)
  }
  for (const path of ['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'alternatives', 'localtime', 'mime.types'])
    args.push('--ro-bind-try', `/etc/${path}`, `/etc/${path}`)
  args.push('--ro-bind-try', '/nix/store', '/nix/store', '--ro-bind-try', '/sys/devices/system', '/sys/devices/system')
  args.push('--proc', '/proc', '--dev', '/dev')
  for (const folder of outside) args.push('--ro-bind', folder, folder)
  return args
}

/** The folders above a path, outermost first, without those that are there anyway. */
function foldersAbove(path: string): string[] {
  const above: string[] = []
  for (let folder = dirname(path); !/^\/(?:usr)?$/.test(folder); folder = dirname(folder)) above.unshift(folder)
  return above
}

function outcomeOf(result: RunResult): Outcome {
  const { stdout, stderr, seconds } = result
  const line = result.notes.trim().split('\n').at(-1) ?? ''
  try {
    return { ...verdict.parse(JSON.parse(line)), seconds, stdout, stderr }
  } catch {
    // No verdict: the keeper did not live to give one.
    const end = result.timedOut ? 'time' : 'lost'
    return { end, code: result.code ?? 0, peak: 0, seconds, stdout, stderr }
  }
}

/** Finds the strongest containment that works on this machine with this interpreter, by trying it. */
export async function detectContainment(
  python: Python,
  allowed: readonly ContainmentKind[] = KINDS,
): Promise<Containment> {
  const works = async (command: string, args: readonly string[]) => {
    if (!onPath(command)) return `${command} is not installed`
    const words = [...args, python.base, '-I', '-S', '-c', 'pass']
    const answer = await runProcess(command, words, { env: { PATH: process.env.PATH ?? '' }, seconds: 20 })
    const said = answer.stderr.trim().split('\n')[0]?.slice(0, 200)
    return answer.code === 0 ? undefined : `${command} does not work here (${said || `exit code ${answer.code}`})`
  }
  const bubblewrap = allowed.includes('bwrap')
    ? await works('bwrap', [...system(python), '--size', '1048576', '--tmpfs', '/tmp', '--'])
    : 'bwrap is switched off'
  if (bubblewrap === undefined) return { kind: 'bwrap' }
  const remedy = 'Install bubblewrap to contain simulators fully.'
  const [program, ...args] = UNSHARE
  const unshare = allowed.includes('unshare') ? await works(program as string, args) : 'unshare is switched off'
  if (unshare === undefined)
    return {
      kind: 'unshare',
      warning: `${bubblewrap}: the simulator runs without network and under limits, but it can read your files. ${remedy}`,
    }
  return {
    kind: 'rlimits',
    warning: `${bubblewrap}, ${unshare}: the simulator runs under limits only; it can reach your files and the network. ${remedy}`,
  }
}
