/** What the demo prints: key parts of comments, tables that fit, and nothing that a terminal would act on. */
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { markdownLines } from '../../../src/cli/demo/markdown-lines.ts'
import { sceneView } from '../../../src/cli/demo/scene-view.ts'
import { whileWaiting } from '../../../src/cli/demo/waiting-view.ts'
import { type Terminal, terminal } from '../../../src/cli/terminal.ts'

const { palette } = terminal(new Writable(), {})
const lines = (text: string, sections?: readonly string[], width = 60) =>
  markdownLines(text, { width, palette, sections })

const COMMENT = `<!-- graft:plan 1 -->
**Plan for x**

See [the run](https://github.invalid/runs/1) of \`x\`.

**Kept**

- one
- two

### Left

Long words.

### Also left

<details><summary>Why</summary>

| a |
|---|

</details>

### Kept too

<details><summary>Folded</summary>

hidden

</details>

End.
`

test('sections that were not asked for are named in one line, what is folded or hidden is left out', () => {
  expect(lines(COMMENT, ['Kept', 'Kept too'])).toEqual([
    ...['Plan for x', '', 'See the run of x.', '', 'Kept', '', '• one', '• two', ''],
    ...['[…] Left · Also left', '', 'Kept too', '', 'End.'],
  ])
})

test('a table is aligned, and its widest column gives way', () => {
  const table = `| id | change | lines |\n|---|---|---|\n| \`c1\` | ${'word '.repeat(20)}| +1 −0 |\n| c10 | b | +100 −0 |`
  const shown = lines(table, undefined, 40)
  expect(shown).toEqual([
    'id   change                      lines',
    'c1   word word word word word …  +1 −0',
    'c10  b                           +100 −0',
  ])
  expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(40)
})

test('a long block of code is cut, and what was cut is counted', () => {
  const shown = lines(`\`\`\`text\n${Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n')}\n\`\`\``)
  expect(shown).toHaveLength(13)
  expect(shown.at(-1)).toBe('  […] 18 more lines')
})

test.each(['paragraph \u001b[2J\u202e end', '```\ncode \u001b[2J\u202e end\n```', '| a\u001b[2J\u202e |\n|---|'])(
  'nothing that a terminal acts on: %j',
  (text) => expect(lines(text).join(' ')).not.toMatch(/[\p{Cc}\p{Cf}]/u),
)

test('a scene says when, what, who and where', () => {
  const { out, written } = recorder()
  const scene = { title: 'Graft answers', who: 'graft[bot]', text: 'Hello.', url: 'http://x.invalid/1' }
  out.write(sceneView(scene, out, 12.4))
  expect(written()).toBe('\n● Graft answers 12 s\n  │ Hello.\n  graft[bot]  http://x.invalid/1\n')
})

test('a spinner is gone when the wait ends, however it ends', async () => {
  const { out, written } = recorder(true)
  await expect(whileWaiting(out, 'x', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(written().endsWith('\r\u001b[2K')).toBe(true)
})

function recorder(live = false): { out: Terminal; written: () => string } {
  let text = ''
  const out: Terminal = {
    ...{ palette, width: 80, live },
    write: (chunk) => {
      text += chunk
    },
  }
  return { out, written: () => text }
}
