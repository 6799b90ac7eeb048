/**
 * The only ways by which text gets into Markdown that people see on GitHub. Foreign text (names, summaries, messages of a
 * simulator, subjects of commits) goes into `fence` or `inlineCode`; our own plain sentences into `plain`. Nothing that goes
 * through them becomes a link, an image, a mention, a reference or HTML.
 */

/** GitHub refuses a comment of more than 65,536 characters, and a check run's text of more than 65,535. */
export const MAX_BODY = 60_000

const FENCE_LINES = 60
/** What is not even looked at: lines, and characters of one text. */
const MAX_LINES = 2000
const MAX_PART = 20_000
const FENCE_COLUMNS = 110
/** Of a command, a patch, a value: one that is cut is none. */
const CODE_COLUMNS = 1000

export interface FenceOptions {
  /** Lines beyond it are counted, not shown. Default 60. */
  readonly lines?: number
  /** Breaks longer lines at blanks, for sentences; otherwise they are cut. */
  readonly wrap?: boolean
  /** For highlighting; of ours, never foreign. Default `text`. */
  readonly language?: 'text' | 'sh' | 'diff' | 'json'
}

/** A fenced block that nothing in it can end. Lines are cut or wrapped at 110 columns; control and format characters go. */
export function fence(text: string | readonly string[], options: FenceOptions = {}): string {
  const { lines: most = FENCE_LINES, wrap = false, language = 'text' } = options
  const source = (typeof text === 'string' ? [text] : text)
    .slice(0, MAX_LINES)
    .flatMap((part) => part.slice(0, MAX_PART).split(/\r\n|[\n\r\u2028\u2029]/))
  const all = source
    .slice(0, MAX_LINES)
    .map(harmless)
    .flatMap((line) => (wrap ? wrapped(line) : [cut(line, language === 'text' ? FENCE_COLUMNS : CODE_COLUMNS)]))
  const shown = all.slice(0, most)
  if (all.length > most) shown.push(`(${all.length - most} more lines)`)
  const runs = shown.flatMap((line) => [...line.matchAll(/`+/g)].map((run) => run[0].length))
  const marks = '`'.repeat(Math.max(3, ...runs.map((run) => run + 1)))
  return [`${marks}${language}`, ...shown, marks].join('\n')
}

/** Code within a line, at most `length` characters, also in a cell of a table. */
export function inlineCode(text: string, length = 120): string {
  const line = cut(squeezed(text.slice(0, 4 * length)), length).replaceAll('|', '¦')
  if (line === '') return '` `'
  const runs = [...line.matchAll(/`+/g)].map((run) => run[0].length)
  if (runs.length === 0) return `\`${line}\``
  const marks = '`'.repeat(Math.max(...runs) + 1)
  return `${marks} ${line} ${marks}`
}

/** Words that mean nothing in Markdown. Everything else becomes code. */
const SIMPLE =
  /^[(“‘"']?[\p{L}\p{N}](?:[\p{L}\p{N}\p{M},;:’'"”)/+=%²°·×−–-]|\.(?!\p{L})|(?<=(?<!\p{L})\p{L})\.(?=\p{L}))*[.!?…]?$|^[–—·+=−×→…-]$/u

/** What GitHub links by itself: addresses, references to issues, hashes of commits. */
const LINKED = /:\/\/|www\.|\bgh-\d|\b[0-9a-f]{7,40}\b/i

/**
 * A plain sentence of ours as Markdown. Parts in backticks stay code, and each word that could mean something in Markdown
 * or on GitHub (`_`, `*`, `<`, `#`, `@`, an address) becomes code.
 */
export function plain(text: string, length = 1000): string {
  const parts = cut(squeezed(text.slice(0, 4 * length)), length).split(CODE)
  return parts
    .map((part, index) => {
      if (index % 2 === 1) return inlineCode(part, length)
      // Backticks that are no code would join those of the code that is made here.
      return part.replace(/\S+/g, (word) => (isSimple(word) ? word : inlineCode(word.replaceAll('`', "'"), length)))
    })
    .join('')
}

/** Code that stands by itself between blanks, brackets and punctuation. */
const CODE = /(?<=^|\s|(?:^|\s)\()`([^`]+)`(?=[.,;:!?)]{0,3}(?:\s|$))/

/** Punctuation that stands alone, as beside code, and words. */
function isSimple(word: string): boolean {
  return word === '(' || /^[.,;:!?)]{1,3}$/.test(word) || (SIMPLE.test(word) && !LINKED.test(word))
}

/** A link with text of ours; only the text where the address is none. */
export function link(text: string, address: string): string {
  const safe = /^https?:\/\/[^\s<>()[\]`\\"|]{1,8000}$/.test(address)
  return safe ? `[${text}](${address})` : text
}

/** A list of our own Markdown lines. */
export function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}

/** A table of our own Markdown cells. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

/** What a person can open when they want to know more. `summary` is ours. */
export function folded(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`
}

/** Joins sections by blank lines; those that would not fit any more are left out with a note. Empty ones vanish. */
export function sections(parts: readonly (string | undefined)[], most = MAX_BODY): string {
  const kept: string[] = []
  let length = 0
  const present = parts.filter((part) => part !== undefined && part !== '') as string[]
  for (const part of present) {
    if (length + part.length + 2 > most) {
      kept.push(`_${counted(present.length - kept.length, 'more section')} did not fit here._`)
      break
    }
    kept.push(part)
    length += part.length + 2
  }
  return `${kept.join('\n\n')}\n`
}

/** `1 test`, `2 tests`. */
export function counted(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`
}

/** `a, b and c`. */
export function listed(items: readonly string[], last = 'and'): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`
}

/**
 * Control, format (bidirectional too), private and unassigned characters and odd separators become blanks, and what looks
 * like a marker of ours is none any more, wherever it stands.
 */
function harmless(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/<!--(?=\s*graft:)/gi, '<! --')
    .trimEnd()
}

function squeezed(text: string): string {
  return harmless(text).replace(/\s+/g, ' ').trim()
}

function cut(line: string, length: number): string {
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`.toWellFormed().replaceAll('\uFFFD', '')
}

function wrapped(line: string): string[] {
  const lines: string[] = []
  let rest = line
  while (rest.length > FENCE_COLUMNS) {
    const blank = rest.lastIndexOf(' ', FENCE_COLUMNS)
    const end = blank > FENCE_COLUMNS / 2 ? blank : FENCE_COLUMNS
    lines.push(rest.slice(0, end).trimEnd().toWellFormed())
    rest = rest.slice(end).trimStart()
  }
  lines.push(rest.toWellFormed())
  return lines
}
