#!/usr/bin/env node
/**
 * Runs one of the project's scripts on Node 24, after installing whatever is missing.
 *
 *   node scripts/run.js scripts/test.ts [arguments…]
 *
 * Plain JavaScript with nothing but Node's own modules: in a fresh clone this is what an older Node on the path starts. It
 * installs `node_modules` (when the lock file changed since) and the Python tools (`.venv`), then carries on with the Node
 * 24 that `node_modules` brings.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findNode, forward } from '../bin/node.js'
import { ensurePythonTools } from './python-tools.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What a lock file lists: path in the tree → version, and whether it may be missing on this platform. */
function packagesOf(file) {
  return Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages).filter(([path]) => path !== '')
}

/**
 * Whether `node_modules` is what the lock file says. Contents are compared, not times: a checkout of another branch and back
 * costs nothing, and a changed lock file is never missed.
 */
function isInstalled() {
  const hidden = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(hidden)) return false
  const installed = new Map(packagesOf(hidden))
  return packagesOf(join(root, 'package-lock.json')).every(([path, { version, optional, devOptional }]) => {
    const present = installed.get(path)
    return present === undefined ? optional === true || devOptional === true : present.version === version
  })
}

/** `npm ci` when it is needed. Install scripts stay off: nothing here needs one. NODE_ENV=production changes nothing. */
function ensureNodeModules() {
  if (isInstalled()) return
  process.stderr.write('Installing the Node packages (once; about half a minute) …\n')
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--loglevel=error']
  // Standard output belongs to the script that runs afterwards.
  const { status } = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (status === 0) return
  // A half-made folder must not look finished to the next run.
  rmSync(join(root, 'node_modules', '.package-lock.json'), { force: true })
  process.stderr.write(
    '`npm ci` failed (see above). Check the network and the npm registry, then run the same command again.\n',
  )
  process.exit(1)
}

const [script, ...rest] = process.argv.slice(2)
if (script === undefined) {
  process.stderr.write('Usage: node scripts/run.js SCRIPT [arguments…]\n')
  process.exit(1)
}

ensureNodeModules()
const tools = ensurePythonTools(root)
const separator = process.platform === 'win32' ? ';' : ':'
forward(findNode(root), [join(root, script), ...rest], {
  ...process.env,
  GRAFT_PYTHON_TOOLS: tools,
  PATH: [join(root, 'node_modules', '.bin'), tools, process.env.PATH ?? ''].join(separator),
})
