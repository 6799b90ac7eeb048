/** A scene on the terminal: who said what, as Markdown, and where it can be seen. */
import { harmless, type Terminal } from '../terminal.ts'
import type { Scene } from './story.ts'

const MAX_LINES = 60

/** Comments that GitHub hides are left out, long texts are cut: the page has them whole. */
export function sceneView({ title, who, text, url }: Scene, { palette }: Terminal): string {
  const head = `\n${palette.bold(palette.cyan('●'))} ${palette.bold(harmless(title))}`
  const lines = text === undefined ? [] : bodyLines(text)
  const shown = lines.slice(0, MAX_LINES).map((line) => `  ${palette.dim('│')} ${line}`)
  if (lines.length > MAX_LINES) shown.push(`  ${palette.dim(`│ … ${lines.length - MAX_LINES} more lines`)}`)
  const by = [who, url].filter((part) => part !== undefined).join('  ')
  return `${[head, ...shown, ...(by === '' ? [] : [`  ${palette.dim(harmless(by))}`])].join('\n')}\n`
}

function bodyLines(text: string): string[] {
  const visible = text.replace(/<!--[\s\S]*?-->/g, '').trim()
  return visible
    .split(/\r?\n/)
    .map((line) => line.replace(/[\p{Cc}\p{Cf}]/gu, ' ').trimEnd())
    .filter((line, index, all) => line !== '' || all[index - 1] !== '')
}
