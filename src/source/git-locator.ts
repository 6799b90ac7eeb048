/** Locators of git repositories: `git+https://HOST/OWNER/NAME@REF#subdirectory=PATH`, as pip writes them. */
import { UserError } from '../values/errors.ts'

/** A Python package in a git repository that is fetched by https. Every part is made of plain characters. */
export interface GitLocator {
  readonly kind: 'git'
  /** `https://HOST/PATH`, without credentials, query, fragment and `.git` at the end. */
  readonly url: string
  /** Branch, tag or commit; absent for what the repository's HEAD is. */
  readonly ref?: string
  /** Folder of the package in the repository. */
  readonly folder?: string
}

const FORM = 'git+https://HOST/OWNER/NAME@REF, where needed with #subdirectory=PATH'
const MAX_URL = 150
const MAX_PART = 100
/** `git check-ref-format`, and nothing that an option, a range or a revision expression could begin with. */
const REF = /^(?!.*(?:\.\.|\/\/|\.lock(?:\/|$)|\/\.|[./]$))[A-Za-z0-9_][A-Za-z0-9._/+-]*$/
const SEGMENT = /^[A-Za-z0-9_~+.-]+$/

/** @throws UserError for anything but a plain https address. */
export function parseGit(text: string): GitLocator {
  const match = /^git\+https:\/\/([^/@\s?#]+)(\/[^@\s?#]+)(?:@([^@\s?#]+))?(?:#(.*))?$/i.exec(text)
  if (match === null) throw new UserError(`${quote(text)} is not of the form ${FORM}.`)
  const [, host = '', path = '', ref, fragment] = match
  return gitLocator(host, path.slice(1).split('/'), ref, folderOf(fragment, text))
}

/**
 * Checks the parts of a locator one by one.
 *
 * @throws UserError that names the part which is out of shape.
 */
export function gitLocator(
  host: string,
  path: readonly string[],
  ref: string | undefined,
  folder: string | undefined,
): GitLocator {
  const parts = path.at(-1) === '' ? path.slice(0, -1) : [...path]
  const last = parts.pop()?.replace(/\.git$/i, '') ?? ''
  const segments = [...parts, last]
  const plain = segments.every((part) => SEGMENT.test(part) && !/^\.+$|^-|^\.git$/i.test(part))
  const url = `https://${host.toLowerCase()}/${segments.join('/')}`
  if (!/^[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?$/i.test(host) || !plain || url.length > MAX_URL)
    throw new UserError(`${quote(url)} is not the plain https address of a repository; write ${FORM}.`)
  if (ref !== undefined && (ref.length > MAX_PART || !REF.test(ref)))
    throw new UserError(`${quote(ref)} is not a branch, tag or commit that is fetched; write ${FORM}.`)
  if (folder !== undefined) checkFolder(folder)
  return {
    kind: 'git',
    url,
    ...(ref === undefined ? {} : { ref }),
    ...(folder === undefined ? {} : { folder }),
  }
}

/** Writes a locator so that `parseGit` reads the same one. */
export function formatGit({ url, ref, folder }: GitLocator): string {
  const fragment = folder === undefined ? '' : `#subdirectory=${folder}`
  return `git+${url}${ref === undefined ? '' : `@${ref}`}${fragment}`
}

/**
 * A folder in a repository: relative, of plain parts, none of which leads out.
 *
 * @throws UserError for any other.
 */
export function checkFolder(folder: string): string {
  const parts = folder.split('/')
  const plain = parts.every((part) => SEGMENT.test(part) && !/^\.+$|^-|^\.git$/i.test(part))
  if (plain && folder.length <= MAX_PART) return folder
  throw new UserError(
    `${quote(folder)} is not a folder in a repository: name it relative to its root, without "..", with letters, digits and ._+~- only.`,
  )
}

/** pip's fragment; `egg=` is the name that pip once wanted to be told. */
function folderOf(fragment: string | undefined, text: string): string | undefined {
  if (fragment === undefined || fragment === '') return undefined
  const fields = new URLSearchParams(fragment)
  for (const name of fields.keys())
    if (name !== 'subdirectory' && name !== 'egg') throw new UserError(`${quote(text)} is not of the form ${FORM}.`)
  return fields.get('subdirectory')?.replace(/\/+$/, '') || undefined
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text)
}
