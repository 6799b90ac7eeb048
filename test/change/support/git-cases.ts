/** Branches on which one commit is taken back, made by hand: what two sides can do to a file. */

/** A file: text or bytes, and its mode; null deletes. */
export type File = string | Buffer | { readonly mode: '100755' | '120000'; readonly text: string } | null
export type Edit = Readonly<Record<string, File>>

export interface GitCase {
  readonly name: string
  readonly base: Edit
  /** The commit that is taken back. */
  readonly change: Edit
  /** What came after it. */
  readonly later: readonly Edit[]
  /**
   * What becomes of `f` where git refuses and Graft does not: edits that only touch each other can both be made, as the order of
   * their lines is known.
   */
  readonly more?: string
}

const TEN = lines(1, 10)
const bytes = (...numbers: number[]) => Buffer.from([0, 1, 2, 255, ...numbers])
const tool = (text: string) => ({ mode: '100755' as const, text })
const link = (text: string) => ({ mode: '120000' as const, text })

function lines(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join('')
}

/** The text with lines replaced: by number, `''` deletes, more than one line inserts. */
function edited(text: string, edits: Readonly<Record<number, string>>, end = '\n'): string {
  return text
    .split(/(?<=\n)/)
    .map((line, index) => {
      const edit = edits[index + 1]
      return edit === undefined ? line : edit === '' ? '' : `${edit}${end}`
    })
    .join('')
}

const one = (name: string, base: string, change: string, ...later: string[]): GitCase => ({
  ...{ name, base: { f: base }, change: { f: change }, later: later.map((text) => ({ f: text })) },
})

const C3 = edited(TEN, { 3: 'THREE' })
const crlf = (text: string) => text.replaceAll('\n', '\r\n')
const noEnd = (text: string) => text.replace(/\n$/, '')

export const CASES: readonly GitCase[] = [
  // One text, edited apart.
  one('nothing came after', TEN, C3),
  one('far below', TEN, C3, edited(C3, { 9: 'NINE' })),
  one('far above', TEN, edited(TEN, { 9: 'NINE' }), edited(TEN, { 9: 'NINE', 1: 'ONE' })),
  one('two lines between', TEN, C3, edited(C3, { 6: 'SIX' })),
  one('one line between', TEN, C3, edited(C3, { 5: 'FIVE' })),
  { ...one('the next line', TEN, C3, edited(C3, { 4: 'FOUR' })), more: edited(TEN, { 4: 'FOUR' }) },
  { ...one('the line before', TEN, C3, edited(C3, { 2: 'TWO' })), more: edited(TEN, { 2: 'TWO' }) },
  {
    ...one('a line put in right below', TEN, C3, edited(C3, { 3: 'THREE\nmine' })),
    more: edited(TEN, { 3: 'line 3\nmine' }),
  },
  one('lines put in above', TEN, C3, `new 1\nnew 2\n${C3}`),
  one('lines put in below', TEN, C3, `${C3}new 1\nnew 2\n`),
  one('lines deleted above', TEN, edited(TEN, { 8: 'EIGHT' }), edited(TEN, { 8: 'EIGHT', 1: '', 2: '' })),
  one('lines deleted below', TEN, C3, edited(C3, { 8: '', 9: '' })),
  one(
    'several hunks, another between them',
    TEN,
    edited(TEN, { 1: 'ONE', 10: 'TEN' }),
    edited(TEN, { 1: 'ONE', 10: 'TEN', 5: 'FIVE' }),
  ),
  one('several later commits', TEN, C3, edited(C3, { 7: 'SEVEN' }), edited(C3, { 7: 'SEVEN', 10: 'TEN' })),
  one(
    'lines that were put in',
    TEN,
    edited(TEN, { 5: 'line 5\nmore\nand more' }),
    edited(edited(TEN, { 5: 'line 5\nmore\nand more' }), { 1: 'ONE' }),
  ),
  one(
    'lines that were deleted',
    TEN,
    edited(TEN, { 5: '', 6: '' }),
    edited(edited(TEN, { 5: '', 6: '' }), { 1: 'ONE' }),
  ),
  one('the same lines twice in the file', 'a\nx\nb\nx\nc\nd\ne\n', 'a\nx\nb\nX\nc\nd\ne\n', 'a\nx\nb\nX\nc\nd\nE\n'),
  // Edited alike, or undone by hand.
  one('undone by hand', TEN, C3, TEN),
  one('undone by hand, and more', TEN, C3, edited(TEN, { 8: 'EIGHT' })),
  one('half of it undone by hand', TEN, edited(TEN, { 2: 'TWO', 8: 'EIGHT' }), edited(TEN, { 8: 'EIGHT' })),
  one('edited and edited back', TEN, C3, edited(C3, { 3: 'other' }), C3),
  // Overlaps.
  one('the same line', TEN, C3, edited(C3, { 3: 'drei' })),
  one('the same line deleted', TEN, C3, edited(C3, { 3: '' })),
  one('one of three lines', TEN, edited(TEN, { 3: 'A', 4: 'B', 5: 'C' }), edited(TEN, { 3: 'A', 4: 'mine', 5: 'C' })),
  one('a wider range', TEN, C3, edited(C3, { 2: 'A', 3: 'B', 4: 'C' })),
  one(
    'something put into what was put in',
    TEN,
    edited(TEN, { 5: 'line 5\nmore\nand more' }),
    edited(TEN, { 5: 'line 5\nmore\nmine\nand more' }),
  ),
  one(
    'a line put in where lines were deleted',
    TEN,
    edited(TEN, { 5: '', 6: '' }),
    edited(edited(TEN, { 5: '', 6: '' }), { 4: 'line 4\nmine' }),
  ),
  one(
    'one hunk clean and one in the way',
    TEN,
    edited(TEN, { 2: 'TWO', 8: 'EIGHT' }),
    edited(TEN, { 2: 'TWO', 8: 'acht' }),
  ),
  one('everything rewritten', TEN, C3, 'something else\naltogether\n'),
  // Line ends, byte order marks, ends without a line end.
  one('CR LF everywhere', crlf(TEN), crlf(C3), crlf(edited(C3, { 9: 'NINE' }))),
  one('line ends changed meanwhile', TEN, C3, crlf(C3)),
  one('line ends were the change', TEN, crlf(TEN), edited(crlf(TEN), { 5: 'FIVE\r' })),
  one('mixed line ends', 'a\r\nb\nc\r\nd\ne\r\n', 'a\r\nB\nc\r\nd\ne\r\n', 'a\r\nB\nc\r\nd\nE\r\n'),
  one('a byte order mark', `\uFEFF${TEN}`, `\uFEFF${C3}`, `\uFEFF${edited(C3, { 9: 'NINE' })}`),
  one('a byte order mark that was put in', TEN, `\uFEFF${TEN}`, `\uFEFF${edited(TEN, { 9: 'NINE' })}`),
  one('a byte order mark put in later', TEN, C3, `\uFEFF${C3}`),
  one('no line end at the end', noEnd(TEN), noEnd(C3), noEnd(edited(C3, { 7: 'SEVEN' }))),
  one('the last line end was the change', TEN, noEnd(TEN), noEnd(edited(TEN, { 2: 'TWO' }))),
  one('the last line end was put in', noEnd(TEN), TEN, edited(TEN, { 2: 'TWO' })),
  one(
    'more after an end without a line end',
    noEnd(TEN),
    edited(noEnd(TEN), { 3: 'THREE' }),
    `${edited(noEnd(TEN), { 3: 'THREE' })}\nmore\n`,
  ),
  one(
    'the last line edited, and its end taken later',
    TEN,
    edited(TEN, { 10: 'TEN' }),
    noEnd(edited(TEN, { 10: 'TEN' })),
  ),
  // Files that come and go.
  { name: 'a new file', base: { f: TEN }, change: { g: 'new\n' }, later: [{ f: C3 }] },
  { name: 'a new file, edited since', base: { f: TEN }, change: { g: 'new\n' }, later: [{ g: 'new\nmine\n' }] },
  { name: 'a new file, deleted since', base: { f: TEN }, change: { g: 'new\n' }, later: [{ g: null }] },
  { name: 'a deleted file', base: { f: TEN, g: 'g\n' }, change: { g: null }, later: [{ f: C3 }] },
  { name: 'a deleted file, made anew', base: { f: TEN, g: 'g\n' }, change: { g: null }, later: [{ g: 'other\n' }] },
  {
    name: 'a deleted file, made anew as it was',
    base: { f: TEN, g: 'g\n' },
    change: { g: null },
    later: [{ g: 'g\n' }],
  },
  { name: 'an edited file, deleted since', base: { f: TEN, g: 'g\n' }, change: { f: C3 }, later: [{ f: null }] },
  {
    name: 'a folder that is a file now',
    base: { f: TEN, 'd/x': 'x\n' },
    change: { 'd/x': null },
    later: [{ d: 'a file\n' }],
  },
  { name: 'an empty file', base: { f: TEN }, change: { g: '' }, later: [{ f: C3 }] },
  // Renamed files.
  { name: 'edited, renamed since', base: { f: TEN }, change: { f: C3 }, later: [{ f: null, moved: C3 }] },
  {
    name: 'edited, renamed and edited since',
    base: { f: TEN },
    change: { f: C3 },
    later: [{ f: null, moved: edited(C3, { 8: 'EIGHT' }) }],
  },
  {
    name: 'edited, renamed and written over since',
    base: { f: TEN },
    change: { f: C3 },
    later: [{ f: null, moved: edited(C3, { 3: 'drei' }) }],
  },
  { name: 'renamed', base: { f: TEN }, change: { f: null, moved: TEN }, later: [] },
  { name: 'renamed, edited since', base: { f: TEN }, change: { f: null, moved: TEN }, later: [{ moved: C3 }] },
  {
    name: 'renamed and edited, edited since',
    base: { f: TEN },
    change: { f: null, moved: C3 },
    later: [{ moved: edited(C3, { 8: 'EIGHT' }) }],
  },
  {
    name: 'renamed, renamed again since',
    base: { f: TEN },
    change: { f: null, moved: TEN },
    later: [{ moved: null, again: TEN }],
  },
  { name: 'made, renamed since', base: { a: 'a\n' }, change: { f: TEN }, later: [{ f: null, moved: TEN }] },
  {
    name: 'edited, replaced by something else since',
    base: { f: TEN },
    change: { f: C3 },
    later: [{ f: null, other: 'nothing of it\n' }],
  },
  // What is no text.
  { name: 'bytes', base: { f: bytes(1) }, change: { f: bytes(2) }, later: [{ g: 'g\n' }] },
  { name: 'bytes, edited since', base: { f: bytes(1) }, change: { f: bytes(2) }, later: [{ f: bytes(3) }] },
  { name: 'bytes, put back since', base: { f: bytes(1) }, change: { f: bytes(2) }, later: [{ f: bytes(1) }] },
  { name: 'new bytes', base: { g: 'g\n' }, change: { f: bytes(1) }, later: [] },
  { name: 'text that became bytes', base: { f: TEN }, change: { f: bytes(1) }, later: [{ g: 'g\n' }] },
  {
    name: 'not UTF-8',
    base: { f: Buffer.from([0xfc, 10]) },
    change: { f: Buffer.from([0xe4, 10]) },
    later: [{ g: 'g\n' }],
  },
  // Modes and links.
  { name: 'made executable', base: { f: TEN }, change: { f: tool(TEN) }, later: [{ g: 'g\n' }] },
  { name: 'made executable, edited since', base: { f: TEN }, change: { f: tool(TEN) }, later: [{ f: tool(C3) }] },
  { name: 'edited, made executable since', base: { f: TEN }, change: { f: C3 }, later: [{ f: tool(C3) }] },
  {
    name: 'edited and made executable, edited since',
    base: { f: TEN },
    change: { f: tool(C3) },
    later: [{ f: tool(edited(C3, { 8: 'EIGHT' })) }],
  },
  { name: 'a link', base: { f: TEN, l: link('f') }, change: { l: link('g') }, later: [{ f: C3 }] },
  {
    name: 'a link, led elsewhere since',
    base: { f: TEN, l: link('f') },
    change: { l: link('g') },
    later: [{ l: link('h') }],
  },
  { name: 'a file that became a link', base: { f: TEN }, change: { f: link('g') }, later: [{ g: 'g\n' }] },
]
