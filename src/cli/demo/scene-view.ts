/** A scene on the terminal: when, who said what, and where it can be seen whole. */
import { harmless, type Terminal } from '../terminal.ts'
import { markdownLines } from './markdown-lines.ts'
import type { Scene } from './story.ts'

/** The key parts of a comment; the page has all of it. `seconds` since the story began. */
export function sceneView({ title, who, text, url, sections }: Scene, out: Terminal, seconds?: number): string {
  const { palette, width } = out
  const at = seconds === undefined ? '' : palette.dim(` ${Math.round(seconds)} s`)
  const head = `\n${palette.bold(palette.cyan('●'))} ${palette.bold(harmless(title))}${at}`
  const lines = text === undefined ? [] : markdownLines(text, { width: width - 4, palette, sections })
  const by = [who, url].filter((part) => part !== undefined).join('  ')
  const shown = lines.map((line) => `  ${palette.dim('│')} ${line}`.trimEnd())
  return `${[head, ...shown, ...(by === '' ? [] : [`  ${palette.dim(harmless(by))}`])].join('\n')}\n`
}
