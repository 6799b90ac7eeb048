/** Text that breaks out of places where text is put into code. */
import fc from 'fast-check'

const PIECES = [
  ...[
    '\n',
    '\r',
    '\r\n',
    '\u2028',
    '\u2029',
    '\x0b',
    '\x0c',
    '\x85',
    '\0',
    '\t',
    '\u202e',
    '\u2066',
    '\ufeff',
    '\ud800',
  ],
  ...['"', "'", '"""', "'''", '\\', '\\"', '\\\n', '\\N{BULLET}', '{', '}', '{0}', '{{', '{__import__("os")}', '%s'],
  ...['#', '# -*- coding: utf-7 -*-', '\n# coding: rot13\n', '+AAo-import os', ') -> None:\n    pass', '\nimport os\n'],
  ...[
    '```',
    '````\n',
    '<img src=x>',
    '![a](b)',
    '@someone',
    '[a](javascript:x)',
    '*/',
    '-->',
    `$${'{x}'}`,
    '{{backend}}',
    '$(id)',
  ],
  ...['é', '\u{1f600}', 'ﬁ', 'a', ' ', '0', 'x'],
]

/** A non-empty hostile text of at most `maxLength` characters. */
export function hostileText(maxLength = 200): fc.Arbitrary<string> {
  return fc
    .array(
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ unit: 'binary', minLength: 1 })),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    .map((pieces) => pieces.join('').slice(0, maxLength) || 'x')
}
