#!/usr/bin/env node
/**
 * Runs one of the project's scripts on Node 24, after installing whatever is missing.
 *
 *   node scripts/run.js scripts/test.ts [arguments…]
 *
 * Plain JavaScript with nothing but Node's own modules: in a fresh clone this is what an older Node on the path starts. It
 * installs `node_modules` (when it differs from the lock file) and the Python tools (`.venv`), then carries on with the Node
 * 24 that `node_modules` brings.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findNode, forward } from '../bin/node.js'
import { ensureNodeModules } from './node-modules.js'
import { ensurePythonTools } from './python-tools.js'

const root = fileURLToPath(new URL('..', import.meta.url))

const [script, ...rest] = process.argv.slice(2)
if (script === undefined) {
  process.stderr.write('Usage: node scripts/run.js SCRIPT [arguments…]\n')
  process.exit(1)
}

ensureNodeModules(root)
const tools = ensurePythonTools(root)
const separator = process.platform === 'win32' ? ';' : ':'
forward(findNode(root), [join(root, script), ...rest], {
  ...process.env,
  PATH: [join(root, 'node_modules', '.bin'), tools, process.env.PATH ?? ''].join(separator),
})
