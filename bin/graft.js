#!/usr/bin/env node
/**
 * `graft`: starts the command line on Node 24. In a checkout that is `src/cli/main.ts` as it stands; in an installed package,
 * where Node refuses TypeScript, the compiled `dist/cli/main.js`.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { findNode, forward } from './node.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'src', 'cli', 'main.ts')
const main = [source, join(root, 'dist', 'cli', 'main.js')].find((file) => existsSync(file))

if (main === undefined) {
  process.stderr.write(
    'This Graft package is incomplete: neither src/cli/main.ts nor dist/cli/main.js is there. Install it again.\n',
  )
  process.exit(1)
}

// A fresh clone installs what it needs the first time; an installed package has it already.
if (main === source) (await import('../scripts/node-modules.js')).ensureNodeModules(root)
const node = findNode(root)
if (node === process.execPath) await import(pathToFileURL(main).href)
else forward(node, [main, ...process.argv.slice(2)], process.env)
