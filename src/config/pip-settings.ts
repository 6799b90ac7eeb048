/**
 * What pip was told on this machine, read the way pip reads it: configuration files from the most general to the most
 * special, then the environment. Source: pip documentation, "Configuration"; `pip config debug` shows the same files.
 */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, posix, win32 } from 'node:path'
import { parse } from 'ini'
import { ConfigurationError } from '../values/errors.ts'

/** The settings that Graft follows. Everything else in pip's configuration is none of its business. */
export interface PipSettings {
  readonly indexUrl?: string
  readonly certificate?: string
  readonly proxy?: string
}

export interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  /** May differ from `HOME` in an empty environment: the operating system still knows it. */
  readonly home: string
}

export const thisMachine = (environment: NodeJS.ProcessEnv = process.env): Machine => ({
  environment,
  platform: process.platform,
  home: environment.HOME ?? homedir(),
})

const MAX_FILE_BYTES = 1024 * 1024

/**
 * Paths of pip's configuration files, the most general first. Later files win.
 *
 * As in pip: `PIP_CONFIG_FILE` comes last and replaces the user's files; set to the null device it switches every file off.
 */
export function pipConfigFiles({ environment, platform, home }: Machine): string[] {
  const named = environment.PIP_CONFIG_FILE
  if (named === '/dev/null' || named?.toLowerCase() === 'nul') return []
  const { global, user } =
    platform === 'win32' ? windowsFiles(environment, home) : unixFiles(environment, platform, home)
  const virtual = environment.VIRTUAL_ENV
  const site = virtual ? [join(virtual, platform === 'win32' ? 'pip.ini' : 'pip.conf')] : []
  return named ? [...global, ...site, named] : [...global, ...user, ...site]
}

interface Files {
  readonly global: string[]
  readonly user: string[]
}

function windowsFiles(environment: Machine['environment'], home: string): Files {
  const roaming = environment.APPDATA ?? win32.join(home, 'AppData', 'Roaming')
  return {
    global: [win32.join(environment.ProgramData ?? 'C:\\ProgramData', 'pip', 'pip.ini')],
    user: [win32.join(home, 'pip', 'pip.ini'), win32.join(roaming, 'pip', 'pip.ini')],
  }
}

function unixFiles(environment: Machine['environment'], platform: NodeJS.Platform, home: string): Files {
  const legacy = posix.join(home, '.pip', 'pip.conf')
  const own = posix.join(environment.XDG_CONFIG_HOME || posix.join(home, '.config'), 'pip', 'pip.conf')
  if (platform === 'darwin') {
    const folder = 'Library/Application Support/pip/pip.conf'
    return { global: [`/${folder}`], user: [legacy, own, posix.join(home, folder)] }
  }
  const shared = (environment.XDG_CONFIG_DIRS || '/etc/xdg').split(':').filter(posix.isAbsolute)
  return {
    global: [...shared.map((folder) => posix.join(folder, 'pip', 'pip.conf')), '/etc/pip.conf'],
    user: [legacy, own],
  }
}

/**
 * Reads pip's settings for downloads: section `[global]`, over it `[install]`, then variables `PIP_…`.
 *
 * @throws ConfigurationError when `PIP_CONFIG_FILE` names a file that cannot be read, or a file is absurdly large.
 */
export async function readPipSettings(machine: Machine): Promise<PipSettings> {
  const general = new Map<string, string>()
  const special = new Map<string, string>()
  for (const file of pipConfigFiles(machine)) {
    const text = await readConfigFile(file, file === machine.environment.PIP_CONFIG_FILE)
    if (text === undefined) continue
    for (const [key, value] of settingsIn(text, 'global')) general.set(key, value)
    for (const [key, value] of settingsIn(text, 'install')) special.set(key, value)
  }
  const setting = (key: string): string | undefined =>
    machine.environment[`PIP_${key.toUpperCase().replaceAll('-', '_')}`] || special.get(key) || general.get(key)
  const indexUrl = setting('index-url')
  const certificate = setting('cert')
  const proxy = setting('proxy')
  return {
    ...(indexUrl ? { indexUrl } : {}),
    ...(certificate ? { certificate: expandHome(certificate, machine.home) } : {}),
    ...(proxy ? { proxy } : {}),
  }
}

/** Text of a configuration file; undefined when there is none, which is the usual case. */
async function readConfigFile(file: string, named: boolean): Promise<string | undefined> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    // A file of another user is as good as none, unless somebody asked for exactly this one.
    if (['ENOENT', 'ENOTDIR'].includes(code) || (!named && ['EACCES', 'EPERM', 'EISDIR'].includes(code)))
      return undefined
    throw new ConfigurationError(`pip's configuration file ${file} cannot be read (${code}); mend or unset it.`, {
      cause: error,
    })
  }
  if (bytes.length > MAX_FILE_BYTES)
    throw new ConfigurationError(`pip's configuration file ${file} is larger than 1 MB; is it the right file?`)
  return bytes.toString('utf8').replace(/^\uFEFF/, '')
}

/** Settings of one section, keys spelled as pip normalises them (`index_url` is `index-url`). */
function settingsIn(text: string, section: string): Map<string, string> {
  // pip's format is Python's: `key: value` is allowed, and `;` or `#` inside a value belong to it. ini's is not.
  const lines = text.split(/\r?\n/).map((line) => {
    const setting = /^([A-Za-z][\w-]*)\s*[=:]\s*(.*)$/.exec(line)
    return setting ? `${setting[1]} = ${(setting[2] ?? '').replace(/([;#])/g, '\\$1')}` : line
  })
  const values: unknown = parse(lines.join('\n'))[section]
  const settings = new Map<string, string>()
  if (typeof values !== 'object' || values === null) return settings
  for (const [key, value] of Object.entries(values))
    if (typeof value === 'string' && value.trim() !== '')
      settings.set(key.toLowerCase().replaceAll('_', '-'), value.trim())
  return settings
}

function expandHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path
}
