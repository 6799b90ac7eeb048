/** `node_modules` of the checkout, as the lock file says. Plain JavaScript: an older Node runs it in a fresh clone. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** What a lock file lists: path in the tree → version, and whether it may be missing on this platform. */
function packagesOf(file) {
  return Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages).filter(([path]) => path !== '')
}

/**
 * Whether `node_modules` is what the lock file says. Contents are compared, not times: a checkout of another branch and back
 * costs nothing, and a changed lock file is never missed.
 */
function isInstalled(root) {
  const hidden = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(hidden)) return false
  const installed = new Map(packagesOf(hidden))
  return packagesOf(join(root, 'package-lock.json')).every(([path, { version, optional, devOptional }]) => {
    const present = installed.get(path)
    return present === undefined ? optional === true || devOptional === true : present.version === version
  })
}

/**
 * `npm ci` when it is needed. Install scripts stay off: nothing here needs one. NODE_ENV=production changes nothing.
 *
 * @param {string} root the checkout.
 */
export function ensureNodeModules(root) {
  if (isInstalled(root)) return
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
