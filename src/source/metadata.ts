/** Core metadata of a distribution (PyPA specification "Core metadata"): METADATA in a wheel, PKG-INFO in an sdist. */

/** Foreign text as it stands in the file, bounded in number and length but otherwise untouched. */
export interface Metadata {
  readonly name: string
  readonly version: string
  readonly summary: string
  readonly licence: string
  readonly licenceExpression: string
  readonly classifiers: readonly string[]
  readonly requiresDist: readonly string[]
  readonly requiresPython: string
  readonly projectUrls: readonly (readonly [string, string])[]
  /** The long description, usually the README. */
  readonly description: string
}

const MAX_HEADERS = 5000
const MAX_VALUE = 4000

/** Parses a metadata file. Never fails: what is not there is empty, bytes that are no UTF-8 become U+FFFD. */
export function parseMetadata(bytes: Uint8Array): Metadata {
  const text = new TextDecoder('utf-8').decode(bytes).replace(/\r\n?/g, '\n')
  const end = text.indexOf('\n\n')
  const headers = readHeaders(end === -1 ? text : text.slice(0, end))
  const all = (name: string) => (headers.get(name) ?? []).map((value) => value.slice(0, MAX_VALUE))
  const first = (name: string) => all(name)[0] ?? ''
  const body = end === -1 ? '' : text.slice(end + 2)
  const urls = all('project-url').map((value) => {
    const comma = value.indexOf(',')
    return [value.slice(0, comma).trim(), value.slice(comma + 1).trim()] as const
  })
  const home = first('home-page')
  return {
    name: first('name'),
    version: first('version'),
    summary: first('summary'),
    licence: first('license'),
    licenceExpression: first('license-expression'),
    classifiers: all('classifier'),
    requiresDist: all('requires-dist'),
    requiresPython: first('requires-python'),
    projectUrls: home === '' ? urls : [...urls, ['Homepage', home]],
    // Before metadata 2.1 the description was a folded header.
    description: body.trim() === '' ? (headers.get('description')?.[0] ?? '') : body,
  }
}

/** Header values by lower-case name; continuation lines are joined, as in an e-mail. */
function readHeaders(text: string): Map<string, string[]> {
  const headers = new Map<string, string[]>()
  let last: string[] | undefined
  let count = 0
  for (const line of text.split('\n')) {
    if (/^[ \t]/.test(line) && last !== undefined) {
      last.push(`${last.pop() ?? ''}\n${line.trim()}`)
      continue
    }
    const header = /^([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*)$/.exec(line)
    if (header === null || ++count > MAX_HEADERS) {
      last = undefined
      continue
    }
    const name = (header[1] ?? '').toLowerCase()
    last = headers.get(name) ?? []
    last.push((header[2] ?? '').trim())
    headers.set(name, last)
  }
  return headers
}

/** One short line naming the licence: the SPDX expression, else a short License field, else the classifiers. */
export function licenceOf(metadata: Metadata): string {
  const classifiers = metadata.classifiers
    .filter((line) => line.startsWith('License ::'))
    .map((line) => line.split('::').at(-1)?.trim() ?? '')
    .filter((name) => name !== '' && name !== 'OSI Approved')
  // Many projects paste the whole licence into the field: its first line is a title at best.
  const field = metadata.licence.trim()
  const named = field.length <= 100 && !field.includes('\n') && !/^unknown$/i.test(field) ? field : ''
  return oneLine(metadata.licenceExpression || named || classifiers.join(', ') || field.split('\n')[0] || '', 100)
}

/** Foreign text on one line: controls and invisible characters become spaces. */
export function oneLine(text: string, maximum: number): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return line.length > maximum ? `${line.slice(0, maximum - 1)}…` : line
}
