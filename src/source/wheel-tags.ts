/**
 * Wheel file names and the tags an interpreter accepts. Source: PyPA specifications "Binary distribution format" and
 * "Platform compatibility tags"; the order is that of `packaging.tags`, the best first.
 */
import { release } from 'node:os'

/** The interpreter that will run the package. */
export interface PythonTarget {
  /** Full version, such as `3.11.7`. */
  readonly version: string
  /** Interpreters that could run it, too, asked for where no version of a package is for this one. */
  readonly others?: () => Promise<readonly PythonTarget[]>
  /** Tags as `packaging.tags.sys_tags()` prints them, best first; without them CPython on this machine is assumed. */
  readonly tags?: readonly string[] | undefined
}

export interface WheelName {
  readonly name: string
  readonly version: string
  readonly build: string
  readonly tags: readonly string[]
}

/** Parts of a wheel's file name, or undefined when it is none. */
export function parseWheelName(filename: string): WheelName | undefined {
  if (!filename.endsWith('.whl')) return undefined
  const parts = filename.slice(0, -'.whl'.length).split('-')
  if (parts.length !== 5 && parts.length !== 6) return undefined
  const [name = '', version = ''] = parts
  const [pythons = '', abis = '', platforms = ''] = parts.slice(-3).map((part) => part.toLowerCase())
  const tags: string[] = []
  for (const python of pythons.split('.'))
    for (const abi of abis.split('.'))
      for (const platform of platforms.split('.')) tags.push(`${python}-${abi}-${platform}`)
  if (tags.length > 1000) return undefined
  return { name, version, build: parts.length === 6 ? (parts[2] ?? '') : '', tags }
}

/** Position of the wheel's best tag among the accepted ones (0 is best), or undefined when it does not fit. */
export function rankWheel(wheel: WheelName, accepted: ReadonlyMap<string, number>): number | undefined {
  let best: number | undefined
  for (const tag of wheel.tags) {
    const rank = accepted.get(tag)
    if (rank !== undefined && (best === undefined || rank < best)) best = rank
  }
  return best
}

/** Accepted tags with their rank. */
export function acceptedTags(python: PythonTarget): Map<string, number> {
  const tags = python.tags ?? cpythonTags(python.version, machinePlatforms())
  return new Map(tags.map((tag, index) => [tag.toLowerCase(), index]))
}

/** Tags of CPython of a version on the given platforms. */
export function cpythonTags(version: string, platforms: readonly string[]): string[] {
  const [major = 3, minor = 0] = version.split('.').map(Number)
  const own = `cp${major}${minor}`
  const tags: string[] = []
  const add = (python: string, abi: string) => {
    for (const platform of platforms) tags.push(`${python}-${abi}-${platform}`)
  }
  for (const abi of [own, 'abi3', 'none']) add(own, abi)
  for (let older = minor - 1; older >= 2; older--) add(`cp${major}${older}`, 'abi3')
  const generic = [`py${major}${minor}`, `py${major}`]
  for (let older = minor - 1; older >= 0; older--) generic.push(`py${major}${older}`)
  for (const python of generic) add(python, 'none')
  for (const python of [own, ...generic]) tags.push(`${python}-none-any`)
  return tags
}

/** Platform tags of this machine, the newest first. */
export function machinePlatforms(): string[] {
  const cpu = process.arch === 'arm64' ? 'arm64' : process.arch === 'ia32' ? 'i686' : 'x86_64'
  if (process.platform === 'win32') return [cpu === 'arm64' ? 'win_arm64' : cpu === 'i686' ? 'win32' : 'win_amd64']
  if (process.platform === 'darwin') return macPlatforms(Number(release().split('.')[0]), cpu)
  return linuxPlatforms(glibcMinor(), cpu === 'arm64' ? 'aarch64' : cpu)
}

/** `glibcMinor` undefined: a musl system, where PEP 656 wheels for musl 1.2 fit. */
export function linuxPlatforms(minor: number | undefined, cpu: string): string[] {
  if (minor === undefined)
    return [`musllinux_1_2_${cpu}`, `musllinux_1_1_${cpu}`, `musllinux_1_0_${cpu}`, `linux_${cpu}`]
  // PEP 600: the older names stand for glibc 2.17, 2.12 and 2.5.
  const legacy = new Map([
    [17, 'manylinux2014'],
    [12, 'manylinux2010'],
    [5, 'manylinux1'],
  ])
  const platforms: string[] = []
  for (let older = minor; older >= 5; older--) {
    platforms.push(`manylinux_2_${older}_${cpu}`)
    const name = legacy.get(older)
    if (name !== undefined) platforms.push(`${name}_${cpu}`)
  }
  return [...platforms, `linux_${cpu}`]
}

/** Darwin 20 is macOS 11 and so on; from Darwin 25 on it is macOS 26. */
export function macPlatforms(darwin: number, cpu: string): string[] {
  const newest = darwin >= 25 ? darwin + 1 : darwin - 9
  const platforms: string[] = []
  for (let major = newest; major >= 11; major--)
    for (const kind of [cpu, 'universal2']) platforms.push(`macosx_${major}_0_${kind}`)
  for (let minor = 16; minor >= 4; minor--)
    for (const kind of cpu === 'arm64' ? ['universal2'] : [cpu, 'universal2', 'intel'])
      platforms.push(`macosx_10_${minor}_${kind}`)
  return platforms
}

/** Minor version of glibc 2.x that this process runs on; undefined on another C library. */
function glibcMinor(): number | undefined {
  const header = (process.report.getReport() as { header?: { glibcVersionRuntime?: string } }).header
  const minor = /^2\.(\d+)/.exec(header?.glibcVersionRuntime ?? '')?.[1]
  return minor === undefined ? undefined : Number(minor)
}
