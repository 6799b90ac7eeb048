/** Locators: what a person writes to say where a backend comes from. */
import { valid } from '@renovatebot/pep440'
import { PackageURL } from '@socketregistry/packageurl-js'
import { UserError } from '../values/errors.ts'
import { formatGit, type GitLocator, parseGit } from './git-locator.ts'
import { formatGithub, fromGithubPage, parseGithub } from './github.ts'
import { normalizeName } from './names.ts'

/** A package of the Python index. `name` is normalised (PEP 503), `version` as it was written. */
export interface PackageLocator {
  readonly kind: 'package'
  readonly name: string
  readonly version?: string
}

/** A folder: of the target repository where it lies in there, else of this machine. The path is as it was written. */
export interface DirectoryLocator {
  readonly kind: 'directory'
  readonly path: string
}

/** Where a backend may come from. */
export type Locator =
  | PackageLocator
  | GitLocator
  | DirectoryLocator
  | { readonly kind: 'purl'; readonly purl: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'openapi'; readonly address: string }
  | { readonly kind: 'grpc'; readonly address: string }
  | { readonly kind: 'command'; readonly command: string }

const MAX_LENGTH = 500
const MAX_NAME_LENGTH = 100
/** PEP 508, section "Names". */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/
const EXAMPLES =
  'write a package name, NAME==VERSION, pkg:pypi/NAME@VERSION, git+https://HOST/OWNER/NAME@REF, pkg:github/OWNER/NAME@REF ' +
  'or a folder such as ./path'

/**
 * Parses a locator.
 *
 * @throws UserError for text that is none, with what would be one.
 */
export function parseLocator(text: string): Locator {
  const trimmed = text.trim()
  if (trimmed === '') throw new UserError(`The locator is empty; ${EXAMPLES}.`)
  if (trimmed.length > MAX_LENGTH)
    throw new UserError(`The locator is longer than ${MAX_LENGTH} characters; ${EXAMPLES}.`)
  // Controls, invisible format characters and lone surrogates: what is seen must be what is fetched.
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(trimmed))
    throw new UserError(`The locator holds invisible or control characters; ${EXAMPLES}.`)
  if (/^pkg:/i.test(trimmed)) return parsePackageUrl(trimmed)
  return parseAddress(trimmed) ?? parseRequirement(trimmed)
}

/** Writes a locator so that `parseLocator` reads the same one. */
export function formatLocator(locator: Locator): string {
  switch (locator.kind) {
    case 'package':
      return packageUrl(locator.name, locator.version)
    case 'purl':
      return locator.purl
    case 'git':
      return formatGithub(locator) ?? formatGit(locator)
    case 'url':
      return locator.url
    case 'openapi':
      return `openapi:${locator.address}`
    case 'grpc':
      return `grpc:${locator.address}`
    case 'command':
      return `command:${locator.command}`
    case 'directory':
      return locator.path
  }
}

/** What a backend from there would be called after: the distribution, else the last part of the path. */
export function nameInLocator(locator: Locator): string {
  switch (locator.kind) {
    case 'package':
      return locator.name
    case 'git':
      return (locator.folder ?? locator.url).split('/').at(-1) ?? ''
    case 'directory':
      return locator.path.split(/[\\/]+/).findLast((part) => part !== '' && part !== '.') ?? ''
    default:
      return formatLocator(locator)
  }
}

/** The same for all versions of one source. */
export function withoutVersion(locator: Locator): string {
  switch (locator.kind) {
    case 'package':
      return locator.name
    case 'git':
      return formatGit({
        kind: 'git',
        url: locator.url,
        ...(locator.folder === undefined ? {} : { folder: locator.folder }),
      })
    case 'directory':
      return `./${locator.path.replace(/^(?:\.\/)+|\/+$/g, '')}`
    default:
      return formatLocator(locator)
  }
}

/** Canonical package URL of a distribution of the Python index. */
export function packageUrl(name: string, version?: string): string {
  return new PackageURL('pypi', undefined, normalizeName(name), version, undefined, undefined).toString()
}

function parsePackageUrl(text: string): Locator {
  let parsed: PackageURL
  try {
    parsed = PackageURL.fromString(text)
  } catch (error) {
    throw new UserError(`${quote(text)} is not a valid package URL; ${EXAMPLES}.`, { cause: error })
  }
  if (parsed.type === 'github') return parseGithub(parsed)
  if (parsed.type === 'generic') return parseGeneric(parsed)
  if (parsed.type !== 'pypi') return { kind: 'purl', purl: parsed.toString() }
  if (parsed.namespace || parsed.qualifiers || parsed.subpath)
    throw new UserError(
      `A package URL of the Python index is pkg:pypi/NAME@VERSION; ${quote(text)} has parts that it cannot have.`,
    )
  return packageLocator(parsed.name ?? '', parsed.version || undefined)
}

/** What a snapshot without an index calls itself: a repository elsewhere than on GitHub, or a folder of the target. */
function parseGeneric(parsed: PackageURL): Locator {
  const repository = parsed.qualifiers?.vcs_url
  const folder = parsed.subpath ?? undefined
  if (typeof repository === 'string') {
    const locator = parseGit(repository)
    return folder === undefined ? locator : { ...locator, folder }
  }
  if (folder !== undefined) return { kind: 'directory', path: `./${folder}` }
  throw new UserError(
    'A package URL of the type generic needs vcs_url=git+https://…, or #path for a folder of the target repository.',
  )
}

/** Locators that a scheme or a path gives away; undefined for anything else. */
function parseAddress(text: string): Locator | undefined {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):(.*)$/s.exec(text)
  const rest = (scheme?.[2] ?? '').trim()
  switch (scheme?.[1]?.toLowerCase()) {
    case undefined:
      break
    case 'http':
    case 'https':
      if (!URL.canParse(text)) throw new UserError(`${quote(text)} is not a valid URL; ${EXAMPLES}.`)
      return fromGithubPage(text) ?? { kind: 'url', url: text }
    case 'git+https':
      return parseGit(text)
    case 'git+http':
    case 'git+ssh':
    case 'git+file':
    case 'git':
    case 'ssh':
      throw new UserError(
        `${quote(text)} is not reached by https, the only way in which a repository is fetched: write git+https://HOST/OWNER/NAME@REF.`,
      )
    case 'openapi':
      if (rest !== '') return { kind: 'openapi', address: rest }
      break
    case 'grpc':
      if (rest !== '') return { kind: 'grpc', address: rest }
      break
    case 'command':
      if (rest !== '') return { kind: 'command', command: rest }
      break
    default:
      throw new UserError(`${quote(text)} has a scheme that Graft does not know; ${EXAMPLES}.`)
  }
  if (scheme !== null) throw new UserError(`${quote(text)} names nothing after its scheme; ${EXAMPLES}.`)
  if (/^(\.{1,2}$|~|[A-Za-z]:[\\/])/.test(text) || /[\\/]/.test(text)) return { kind: 'directory', path: text }
  return undefined
}

function parseRequirement(text: string): PackageLocator {
  const [name = '', version, ...more] = text.split('==').map((part) => part.trim())
  if (more.length > 0 || version === '') throw new UserError(`${quote(text)} is not a locator; ${EXAMPLES}.`)
  if (/[<>=!~;,[\]]/.test(name))
    throw new UserError(`${quote(text)} is a requirement, but one exact version is needed; ${EXAMPLES}.`)
  return packageLocator(name, version)
}

function packageLocator(name: string, version: string | undefined): PackageLocator {
  if (name.length > MAX_NAME_LENGTH || !NAME.test(name))
    throw new UserError(`${quote(name)} is not the name of a Python package; ${EXAMPLES}.`)
  if (version === undefined) return { kind: 'package', name: normalizeName(name) }
  if (valid(version) === null)
    throw new UserError(`${quote(version)} is not a version (PEP 440), such as 1.2.3; ${EXAMPLES}.`)
  return { kind: 'package', name: normalizeName(name), version }
}

/** Foreign text inside an error: one line, short, in quotes. */
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text)
}
