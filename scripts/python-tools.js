/**
 * The Python tools that the checks and tests need (uv, ruff, pytest, numpy, a circuit library), pinned with hashes in
 * `test/requirements.txt` and installed into `.venv` of the checkout.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Commands to try, newest sensible first only after the plain name: people expect `python3` to be the one in use. */
const CANDIDATES = ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11']

const VERSION = 'import sys; print("%d.%d" % sys.version_info[:2])'

/** Whether "3.11" or newer. */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 3 || (major === 3 && minor >= 11)
}

/** The first command that is a Python ≥ 3.11, with its version. */
function findPython() {
  const commands = process.env.GRAFT_PYTHON ? [process.env.GRAFT_PYTHON] : CANDIDATES
  for (const command of commands) {
    const { status, stdout } = spawnSync(command, ['-c', VERSION], { encoding: 'utf8' })
    if (status === 0 && isNewEnough(stdout.trim())) return { command, version: stdout.trim() }
  }
  process.stderr.write(
    `Python 3.11 or newer is needed, tried: ${commands.join(', ')}. Install it, or set GRAFT_PYTHON to it.\n`,
  )
  process.exit(1)
}

/** Runs a step of the installation with its output on standard error; stops with one sentence when it fails. */
function step(command, args, advice) {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 2, 2] })
  if (status === 0) return
  process.stderr.write(`\`${[command, ...args].join(' ')}\` failed (see above). ${advice}\n`)
  process.exit(1)
}

/**
 * Makes `.venv` when it is missing, or made from other pins or another Python.
 *
 * @param {string} root the checkout.
 * @returns {string} the folder with the tools' executables.
 */
export function ensurePythonTools(root) {
  const folder = join(root, '.venv')
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin')
  const pins = join(root, 'test', 'requirements.txt')
  const stamp = join(folder, 'graft-stamp')
  const { command, version } = findPython()
  const wanted = `${version} ${createHash('sha256').update(readFileSync(pins)).digest('hex')}\n`
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return bin

  process.stderr.write(`Installing the Python tools into .venv with Python ${version} (once; about a minute) …\n`)
  rmSync(folder, { recursive: true, force: true })
  step(command, ['-m', 'venv', folder], 'On Debian and Ubuntu the package python3-venv has it.')
  const python = join(bin, process.platform === 'win32' ? 'python.exe' : 'python')
  step(
    python,
    [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--require-hashes',
      '--only-binary',
      ':all:',
      '-r',
      pins,
    ],
    "Check the network and pip's configuration, then run the same command again.",
  )
  writeFileSync(stamp, wanted)
  return bin
}
