/**
 * Finds the Node 24 that came with the installation and hands over to it. Plain JavaScript: this is read by whatever Node
 * stands on the path (20 or newer).
 */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'

/** First major version that runs TypeScript directly and has everything else Graft uses. */
export const NEEDED_MAJOR = 24

/** Packages that hold a Node binary for one platform; they are optional dependencies, only the fitting one is installed. */
function packagesForThisMachine() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  return [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]
}

/**
 * Path of a Node ≥ 24: the one that is running, or the one that was installed beside Graft.
 *
 * @param {string} from a folder of the installation; packages are looked up from there.
 * @returns {string} absolute path of the executable.
 */
export function findNode(from) {
  if (Number.parseInt(process.versions.node, 10) >= NEEDED_MAJOR) return process.execPath
  const require = createRequire(join(from, 'package.json'))
  for (const name of packagesForThisMachine()) {
    try {
      const file = require.resolve(`${name}/package.json`)
      return join(dirname(file), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  process.stderr.write(
    `Graft needs Node ${NEEDED_MAJOR} or newer; this is ${process.version}, and the Node ${NEEDED_MAJOR} that npm installs beside Graft ` +
      `is missing for ${process.platform}-${process.arch}. Install Node ${NEEDED_MAJOR}, or reinstall without \`--omit=optional\`.\n`,
  )
  process.exit(1)
}

/**
 * Runs a program in place of this process: same terminal, same signals, same exit code.
 *
 * @param {string} command absolute path of the executable.
 * @param {string[]} args its arguments.
 * @param {NodeJS.ProcessEnv} env its environment.
 */
export function forward(command, args, env) {
  const child = spawn(command, args, { stdio: 'inherit', env })
  // A terminal sends Ctrl-C to the whole group, a program to this process alone: the child gets it in any case, perhaps twice
  // at once, which it takes for one. It decides when it is done, and this process waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`Cannot start ${command}: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
  })
}
